import { Command } from 'commander';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { writeError } from '../../src/cli/output';
import { stopOnSignal } from '../../src/cli/stopping';
import { registerSync } from '../../src/cli/sync';
import { registerWatch } from '../../src/cli/watch';

/** The first file takes until this signal comes. */
let signal = process.env.IMPORT_UNTIL;

/** The commands sync and watch as a program, with an importer that has no database: it refuses rows that begin with `bad`. */
const importer = {
  async importFile(path: string) {
    const told = signal && once(process, signal);
    signal = undefined;
    // Waiting for a signal alone keeps no process from its end.
    const staying = setInterval(() => {}, 1_000);
    process.stdout.write(`importing ${basename(path)}\n`);
    const rows = readFileSync(path, 'utf8').split('\n');
    await told;
    clearInterval(staying);
    const refused = rows.flatMap((row, index) =>
      row.startsWith('bad') ? [{ line: index + 1, reason: row }] : [],
    );
    return { imported: rows.length - refused.length, refused };
  },
  async close() {
    process.stdout.write('closed\n');
  },
};

stopOnSignal();
const program = new Command().exitOverride();
registerSync(program);
registerWatch(program, async () => importer);
program.parseAsync().catch((error: unknown) => {
  writeError(error);
  process.exitCode = 2;
});
