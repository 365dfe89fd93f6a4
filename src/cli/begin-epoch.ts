import type { Command } from 'commander';

const help = `
A cursor of the feed names the epoch of the log that it belongs to. A database that was restored from a dump, or from a
backup up to some moment, begins another one by itself when the service starts. One whose disk was set back to a snapshot
cannot know: run this before the service starts. Clients that have read no further than the log goes now go on; the others
are told (410) that what they have read is gone, instead of missing what comes in its place.

Example:
  stock-allocation begin-epoch`;

/** The command `begin-epoch`. */
export function registerBeginEpoch(program: Command): void {
  program
    .command('begin-epoch')
    .summary('say that the database was set back to an earlier state of its disk')
    .description('Begins an epoch of the log of events, so that no cursor from before is misread.')
    .addHelpText('after', help)
    .action(begin);
}

async function begin(): Promise<void> {
  const { readConfig, withDataSource } = require('./application') as typeof import('./application');
  const { Sql } = require('../database/sql') as typeof import('../database/sql');
  const { beginEpoch } = require('../log/contracts') as typeof import('../log/contracts');
  const last = await withDataSource(readConfig(), (dataSource) => beginEpoch(new Sql(dataSource)));
  process.stdout.write(`A new epoch begins after position ${last}; cursors up to there are good\n`);
}
