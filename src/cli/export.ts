import type { Command } from 'commander';
import type { Writable } from 'node:stream';
import { printable } from '../printable';

const help = `
Columns of allocations: orderid,sku,qty,batchref; of batches: ref,sku,qty,eta,available; of availability:
sku,eta,available (an empty eta: in the warehouse); of movements: ref,sku,time,delta,reason,note,orderid,qty, of each SKU
the newest first, with the pieces that the batch had afterwards, for as long as events are kept. A cell that a
spreadsheet would run as a formula begins with a quote mark.

Example:
  stock-allocation export availability --out availability.csv`;

/** The command `export`. */
export function registerExport(program: Command): void {
  program
    .command('export')
    .summary('export allocations, batches, availability or movements as CSV')
    .description('Exports what is known as CSV, to stdout or a file.')
    .argument('<kind>', 'allocations, batches, availability or movements')
    .option('--out <file>', 'replace this file when the export is complete')
    .addHelpText('after', help)
    .action(exportCsv);
}

async function exportCsv(kind: string, { out }: { out?: string }): Promise<void> {
  const { exportColumns, exportKinds, exportRows } =
    require('../views/contracts') as typeof import('../views/contracts');
  const found = exportKinds.find((known) => known === kind);
  if (!found) throw new Error(`Say ${exportKinds.join(', ')}, not ${printable(kind)}`);
  const { stringify } = require('csv-stringify/sync') as typeof import('csv-stringify/sync');
  const { readConfig, withDataSource } = require('./application') as typeof import('./application');
  const { Sql } = require('../database/sql') as typeof import('../database/sql');
  const { ReplacementFile } = require('../csv/replacement-file') as typeof import('../csv/replacement-file');

  const columns = exportColumns(found);
  const file = out === undefined ? undefined : new ReplacementFile(out, 'empty');
  const write = async (rows: readonly unknown[][]) => {
    const text = stringify([...rows], { escape_formulas: true });
    if (file) file.write(text);
    else await written(process.stdout, text);
  };
  try {
    await withDataSource(readConfig(), async (dataSource) => {
      let group: unknown[][] = [[...columns]];
      for await (const row of exportRows(new Sql(dataSource), found)) {
        group.push(columns.map((column) => row[column]));
        if (group.length < 500) continue;
        await write(group);
        group = [];
      }
      await write(group);
    });
    file?.replace();
  } finally {
    file?.discard();
  }
}

/** Waits while whoever reads the output is slower. */
async function written(stream: Writable, text: string): Promise<void> {
  if (!stream.write(text) && !stream.destroyed) await new Promise((resolve) => stream.once('drain', resolve));
}
