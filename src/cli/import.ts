import type { Command } from 'commander';
import { printable } from '../printable';
import type { RefusedLine } from './import-file';
import { red } from './output';
import { startProgress } from './progress';
import { finishing } from './stopping';

const help = `
Kinds, and the columns that their files have:
  batches      ref,sku,qty,eta            stock that was bought; an empty eta: in the warehouse
  orders       orderid,sku,qty            order lines; and, if you like, priority (a whole number), wait (true or
                                          false), reserve (seconds)
  arrivals     ref                        batches that have arrived; and, if you like, qty: the pieces that came
  etas         ref,eta                    batches in transit that are expected on another day
  adjustments  id,ref,delta,reason        pieces more, or fewer; and, if you like, note. Reasons: damaged, lost, found,
                                          returned, counted, supplier

The id of an adjustment is your own, such as the number of its document, and of no other adjustment. By it a row is
recognised that comes again, in this file or another one, so that nothing is adjusted twice: for INBOX_RETENTION_DAYS.

Rows that are refused go to <file>.refused.csv with line and reason. An import that was interrupted is simply run again:
of what was done, nothing is done twice. A line that is reserved is then reserved for longer, and a batch whose eta was
changed otherwise since gets the one of the file back.

SIGTERM and Ctrl-C end it after the rows under way.

Exit code: 0 all is well, 1 rows were refused, 2 it could not run, 130 or 143 it was told to stop.

Example:
  stock-allocation import batches examples/furniture-shop/batches.csv
  stock-allocation import orders examples/furniture-shop/orders.csv
  stock-allocation import adjustments stock-take.csv`;

/** The command `import`. */
export function registerImport(program: Command): void {
  program
    .command('import')
    .summary('import a CSV file into the database of the service')
    .description(
      'Imports batches, order lines or changes of stock from a CSV file, by the same commands as HTTP.',
    )
    .argument('<kind>', 'batches, orders, arrivals, etas or adjustments')
    .argument('<file>', 'the CSV file')
    .option('--report <file>', 'where refused rows go (default: beside the file)')
    .option('--json', 'tell the outcome as JSON on stdout')
    .addHelpText('after', help)
    .action(importCsv);
}

interface Options {
  readonly report?: string;
  readonly json?: boolean;
}

async function importCsv(kind: string, file: string, options: Options): Promise<void> {
  const { statSync } = require('node:fs') as typeof import('node:fs');
  const { CommandBus } = require('@nestjs/cqrs') as typeof import('@nestjs/cqrs');
  const { withApplication } = require('./application') as typeof import('./application');
  const { importFile, importKinds } = require('./import-file') as typeof import('./import-file');
  const { CsvOutput } = require('../csv/csv-output') as typeof import('../csv/csv-output');

  const known = importKinds.find((one) => one === kind);
  if (!known) throw new Error(`Say ${importKinds.join(', ')}, not ${printable(kind)}`);
  const { size: total } = statSync(file, { throwIfNoEntry: false }) ?? {};
  if (total === undefined) throw new Error(`${printable(file)}: there is no such file`);
  const reportPath = options.report ?? `${file}.refused.csv`;
  const report = CsvOutput.anew<'line' | 'reason'>(reportPath, ['line', 'reason']);
  const progress = startProgress(`Importing ${kind}`, Math.max(total, 1));
  let refused = 0;
  const reportRefused = (row: RefusedLine) => {
    refused += 1;
    report.add({ line: row.line, reason: row.reason });
    progress.log(
      `${red('refused:', process.stderr)} ${printable(file)}, line ${row.line}: ${printable(row.reason)}`,
    );
  };
  const reportProgress = (bytes: number, rows: number) =>
    progress.update(bytes, `${rows.toLocaleString('en')} rows`);
  await finishing(async (signal) => {
    try {
      const { taken, repeated } = await withApplication((app) =>
        importFile(app.get(CommandBus), known, file, reportRefused, reportProgress, signal),
      );
      progress.stop();
      if (refused > 0) report.replace();
      const where = { ...(repeated > 0 && { repeated }), ...(refused > 0 && { report: reportPath }) };
      const before = repeated > 0 ? ` (${repeated} of them had been before)` : '';
      if (options.json)
        process.stdout.write(
          `${JSON.stringify({ taken, refused, ...where, ...(signal.aborted && { stopped: true }) })}\n`,
        );
      else
        process.stdout.write(
          `${taken} rows imported${before}, ${refused} refused${refused > 0 ? `: see ${reportPath}` : ''}\n`,
        );
      if (signal.aborted)
        process.stderr.write('Told to stop: import the file again for what is left of it\n');
      else process.exitCode = refused === 0 ? 0 : 1;
    } finally {
      progress.stop();
      report.discard();
    }
  });
}
