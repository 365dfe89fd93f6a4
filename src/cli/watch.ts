import type { Command } from 'commander';
import { printable } from '../printable';
import { type FileOutcome, type ImportFile, watch, type WatchSettings } from '../sync/contracts';
import { red } from './output';
import { finishing } from './stopping';

const help = `
In the drop folder:
  any.csv           is imported when two looks find it the same. What it holds is told by its name (batches…,
                    orders…, arrivals…, etas…, adjustments…: see import --help), or else, but for arrivals and
                    etas, by its header. Of files that are there at once, batches come first and orders last.
                    Names that begin with a dot or end in .part, .tmp or .filepart are left alone
  done/             files of which each row was imported. Content that is here is not imported again
  failed/           files with refused rows. Moved back to the drop folder, a file is tried again
  …/*.report.json   beside each file: what was imported, and the line and reason of each refused row
  .importing/       files under way

The archive gets a copy of each file before it is imported. Nothing in it is ever changed or removed. Of two files of
one name, one gets the start of its SHA-256 into its name.

Exit code: 0 all is well, 1 (with --once) files failed or were left, 2 it could not run.

Example:
  stock-allocation watch /srv/supplier --archive /srv/archive`;

/** Imports files into the database of the service. */
export interface Importer {
  readonly importFile: ImportFile;
  readonly rankOf?: WatchSettings['rankOf'];
  close(): Promise<void>;
}

async function openDatabaseImporter(signal: AbortSignal): Promise<Importer> {
  const { CommandBus } = require('@nestjs/cqrs') as typeof import('@nestjs/cqrs');
  const { openApplication } = require('./application') as typeof import('./application');
  const { importDropped, rankOf } = require('./import-dropped') as typeof import('./import-dropped');
  const { app, close } = await openApplication();
  return { importFile: (path) => importDropped(app.get(CommandBus), path, signal), rankOf, close };
}

/**
 * The command `watch`.
 * @param openImporter throws when the database cannot be used
 */
export function registerWatch(program: Command, openImporter = openDatabaseImporter): void {
  program
    .command('watch')
    .summary('import what a supplier drops into a folder')
    .description(
      'Imports batches, orders and changes of stock that are dropped into a folder, each content once.',
    )
    .argument('<drop-folder>', 'where the files are dropped')
    .option('--archive <folder>', 'keep a copy of each file; the folder is made if need be')
    .option('--once', 'import what is there, and end')
    .addHelpText('after', help)
    .action((drop: string, options: Options) => watchFolder(drop, options, openImporter));
}

interface Options {
  readonly archive?: string;
  readonly once?: boolean;
}

async function watchFolder(
  drop: string,
  options: Options,
  openImporter: typeof openDatabaseImporter,
): Promise<void> {
  let troubles = 0;
  const report = (file: FileOutcome) => {
    if (file.outcome === 'failed' || file.outcome === 'left') troubles += 1;
    say(file);
  };
  await finishing(async (signal) => {
    const importer = await openImporter(signal);
    try {
      const { importFile, rankOf } = importer;
      await watch({ drop, ...options, importFile, rankOf, report, signal });
    } finally {
      await importer.close();
    }
    // A watch that was told to stop has done well, even if a file failed weeks ago.
    process.exitCode = options.once && troubles > 0 ? 1 : 0;
  });
}

function say(file: FileOutcome): void {
  const path = printable(file.path);
  switch (file.outcome) {
    case 'done':
      return void process.stdout.write(
        `done: ${path}: ${file.imported} rows${file.repeated ? `, ${file.repeated} of them once more` : ''}\n`,
      );
    case 'known':
      return void process.stdout.write(
        `done: ${path}: the same as ${printable(file.sameAs)}, not imported again\n`,
      );
    case 'failed': {
      const rows = `${file.imported} rows imported, ${file.refused.length} refused`;
      const [{ line, reason }] = file.refused;
      return complain('failed', `${path}: ${rows}, first line ${line}: ${printable(reason)}`);
    }
    case 'left':
      return complain('left', `${path}: ${printable(file.reason)}`);
  }
}

function complain(what: string, text: string): void {
  process.stderr.write(`${red(`${what}:`, process.stderr)} ${text}\n`);
}
