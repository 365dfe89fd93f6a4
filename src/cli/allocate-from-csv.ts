import type { Command } from 'commander';
import { printable } from '../printable';
import type { Listener, FolderOutcome } from './allocate-folder';
import type { RefusedRow } from './folder-run';
import { red } from './output';
import { startProgress } from './progress';

const help = `
In the folder:
  batches.csv        ref,sku,qty,eta           read; an empty eta: in the warehouse
  orders.csv         orderid,sku,qty           read
  allocations.csv    orderid,sku,qty,batchref  lines allocated earlier count; new ones are added
  out_of_stock.csv   orderid,sku,qty           written: the lines that no batch could take

orders.csv may have more columns, each for itself, and empty where a line does not need it:
  priority           a whole number; the larger is served first of those that wait
  wait               true: the line waits when no batch can take it. It is in waiting.csv from then on, and each
                     run serves the lines there before all others
  reserve            seconds for which the line is held. It is in reserved.csv until then, with the time at which
                     its pieces are free again. Empty it to have the line allocated for good

Exit code: 0 all is well, 1 rows were refused, 2 it could not run and nothing has changed.

Example:
  stock-allocation allocate-from-csv examples/furniture-shop`;

/** The command `allocate-from-csv`. */
export function registerAllocateFromCsv(program: Command): void {
  program
    .command('allocate-from-csv')
    .summary('allocate a folder of order lines, without any database')
    .description('Allocates the order lines of a folder of CSV files. No database, no network.')
    .argument('<folder>', 'where the CSV files are')
    .option('--strict', 'write nothing when any row is refused')
    .option('--json', 'tell the outcome as JSON on stdout, refused rows included')
    .addHelpText('after', help)
    .action(allocateFromCsv);
}

interface Options {
  readonly strict?: boolean;
  readonly json?: boolean;
}

async function allocateFromCsv(folder: string, { strict = false, json = false }: Options): Promise<void> {
  const { allocateFolder } = require('./allocate-folder') as typeof import('./allocate-folder');
  const report = json ? new JsonReport() : new TextReport();
  const progress = startProgress('Allocating', 1);
  const listener: Listener = {
    refused(row) {
      progress.log(
        `${red('refused:', process.stderr)} ${row.file}, line ${row.line}: ${printable(row.reason)}`,
      );
      report.refused(row);
    },
    warning: (message) => progress.log(`warning: ${printable(message)}`),
    progress: (fraction, lines) => progress.update(fraction, `${lines.toLocaleString('en')} lines`),
  };
  try {
    const outcome = await allocateFolder(folder, strict, listener);
    progress.stop();
    report.done(outcome);
    process.exitCode = outcome.refused === 0 ? 0 : 1;
  } catch (error) {
    progress.stop();
    report.failed(error);
    throw error;
  }
}

class TextReport {
  refused(): void {}
  failed(): void {}

  done({
    orderLines,
    allocated,
    reserved,
    unchanged,
    outOfStock,
    waiting,
    refused,
    written,
  }: FolderOutcome): void {
    const say = (text: string) => process.stdout.write(`${text}\n`);
    const held = `${allocated} allocated${reserved === undefined ? '' : `, ${reserved} reserved`}`;
    const others = `${outOfStock} out of stock${waiting === undefined ? '' : `, ${waiting} of them waiting`}`;
    say(`${orderLines} order lines: ${held}, ${unchanged} unchanged, ${others}`);
    if (refused > 0) say(`${refused} rows refused${written ? '' : ', so nothing was written (--strict)'}`);
  }
}

/** One JSON object, written piece by piece: there may be a million refused rows. */
class JsonReport {
  private rows = 0;

  constructor() {
    process.stdout.write('{"refusedRows":[');
  }

  refused(row: RefusedRow): void {
    process.stdout.write(`${this.rows === 0 ? '' : ','}\n${JSON.stringify(row)}`);
    this.rows += 1;
  }

  done(outcome: FolderOutcome): void {
    this.end(outcome);
  }

  failed(error: unknown): void {
    this.end({ error: error instanceof Error ? error.message : String(error) });
  }

  private end(rest: object): void {
    process.stdout.write(`],${JSON.stringify(rest).slice(1)}\n`);
  }
}
