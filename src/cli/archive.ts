import type { Command } from 'commander';
import { printable } from '../printable';
import { print } from './output';

const help = `
Writes the events that the folder does not have yet, up to the newest one, as gzip files of a JSON object a line, each with
its position in the log: events-<first>-<last>.ndjson.gz. A file is complete, or not there; interrupted, it goes on with
the next run. The service may run meanwhile. With EVENT_ARCHIVE_DIR the service archives events by itself before they go.

Examples:
  stock-allocation archive /backup/events
  stock-allocation archive read /backup/events --sku RED-CHAIR --since 2026-01-01`;

/** The commands `archive` and `archive read`. */
export function registerArchive(program: Command): void {
  const command = program
    .command('archive')
    .summary('keep the events in files, or read them back')
    .description('Writes the events into compressed files, and reads them back.')
    .argument('<folder>', 'where the files are; made when it is not there')
    .addHelpText('after', help)
    .action(archive);
  command
    .command('read')
    .description('writes the events of an archive to stdout, a JSON object a line, in the order of the log')
    .argument('<folder>', 'where the files are')
    .option('--sku <sku...>', 'those of these SKUs alone')
    .option('--type <type...>', 'those of these types alone, such as Allocated')
    .option('--since <time>', 'those that happened then or later, such as 2026-01-01 or 2026-01-01T12:00Z')
    .action(read);
}

async function archive(folder: string): Promise<void> {
  const { readConfig, withDataSource } = require('./application') as typeof import('./application');
  const { Sql } = require('../database/sql') as typeof import('../database/sql');
  const { Archive, extentOfLog } = require('../log/contracts') as typeof import('../log/contracts');
  await withDataSource(readConfig(), async (dataSource) => {
    const sql = new Sql(dataSource);
    const files = await Archive.open(sql, folder);
    const { last } = await extentOfLog(sql);
    let events = 0;
    for (let file; (file = await files.writeNext(last));) {
      if (file.missed > 0)
        process.stderr.write(
          `${file.missed} events before position ${file.first} were dropped without having been archived\n`,
        );
      events += file.last - file.first + 1;
      process.stdout.write(`${printable(file.path)}\n`);
    }
    process.stdout.write(`${events} events archived\n`);
  });
}

interface ReadOptions {
  readonly sku?: string[];
  readonly type?: string[];
  readonly since?: string;
}

async function read(folder: string, { sku, type, since }: ReadOptions): Promise<void> {
  const { readArchive } = require('../log/contracts') as typeof import('../log/contracts');
  const from = since === undefined ? undefined : new Date(since);
  if (from && Number.isNaN(from.getTime())) throw new Error(`--since is no time: ${printable(since!)}`);
  let text = '';
  for await (const event of readArchive(folder, { skus: sku, types: type, since: from })) {
    text += `${JSON.stringify(event)}\n`;
    if (text.length < 64 * 1024) continue;
    await print(text);
    if (process.stdout.destroyed) return;
    text = '';
  }
  await print(text);
}
