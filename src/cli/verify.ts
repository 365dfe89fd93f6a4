import type { Command } from 'commander';
import type { Statements } from '../database/sql';
import { printable } from '../printable';
import type { Difference } from '../views/contracts';
import { print } from './output';
import { startProgress } from './progress';
import { progressOf } from './rebuild';

const help = `
Compares the views of lines and batches with the write model, the counters of the batches with their lines, those of
the products with their batches, and what each batch has with its movements, added up (rule 18). The service may run
meanwhile: the tables are gone through in slices, each looked at for a moment, and what differs is looked at once more.
What is on its way to a view at that moment does not count. Where events are no longer kept, it says from when on they
are, and compares what came before with the write model alone. After 100,000 differences of a kind it looks for no more of
that kind. --repair rebuilds the views that differ and compares again; counters belong to the write model, and movements
are events: neither is touched.

Exit code: 0 all agree (after the repair, if there was one), 1 there are differences, 2 it could not run.

Example:
  stock-allocation verify --repair`;

/** The command `verify`. */
export function registerVerify(program: Command): void {
  program
    .command('verify')
    .summary('compare the views with the write model')
    .description('Compares the views, counters and movements with the write model.')
    .option('--repair', 'rebuild the views that differ')
    .option('--json', 'tell each difference as a line of JSON')
    .addHelpText('after', help)
    .action(verifyViews);
}

interface Options {
  readonly repair?: boolean;
  readonly json?: boolean;
}

async function verifyViews({ repair: mends, json }: Options): Promise<void> {
  const { readConfig, withDataSource } = require('./application') as typeof import('./application');
  const { Sql } = require('../database/sql') as typeof import('../database/sql');
  const { MAX_DIFFERENCES, repair, verify } =
    require('../views/contracts') as typeof import('../views/contracts');
  const textOf = json ? (difference: Difference) => JSON.stringify(difference) : sentenceOf;
  const config = readConfig();
  await withDataSource(config, async (dataSource) => {
    const sql = new Sql(dataSource);
    const compare = () => {
      const progress = startProgress('Comparing', 1);
      return verify(
        sql,
        (difference) => print(`${textOf(difference)}\n`),
        (done, total) => progress.update(done / total, `${done.toLocaleString('en')} rows`),
      ).finally(() => progress.stop());
    };
    await reportFromWhenOn(sql);
    let found = await compare();
    if (mends && found.batches + found.lines > 0) {
      const { onProgress, stop } = progressOf('Rebuilding');
      const mended = await repair(sql, found, () => onProgress).finally(stop);
      process.stderr.write(`Rebuilt ${mended.join(' and ')}; comparing again\n`);
      found = await compare();
    }
    const { counters, movements, batches, lines } = found;
    if (!json)
      await print(
        `Differences: ${counters} counters, ${movements} movements, ${batches} batches, ${lines} lines\n`,
      );
    if (Math.max(counters, movements, batches, lines) === MAX_DIFFERENCES)
      process.stderr.write(
        `There may be more: it stops at ${MAX_DIFFERENCES.toLocaleString('en')} of a kind\n`,
      );
    if (counters + movements + batches + lines > 0) process.exitCode = 1;
  });
}

/** What is gone cannot be compared with. */
async function reportFromWhenOn(sql: Statements) {
  const { eventsAt, extentOfLog } = require('../log/contracts') as typeof import('../log/contracts');
  const { first } = await extentOfLog(sql);
  if (first === 1) return;
  const [oldest] = await eventsAt(sql, [first]);
  const time = oldest ? `, ${oldest.occurredAt.toISOString()}` : '';
  process.stderr.write(
    `Events are kept from position ${first} on${time}; what they told before is compared with the write model alone\n`,
  );
}

function sentenceOf({ of, key, expected, found }: Difference): string {
  if (!expected) return printable(`${of}: ${JSON.stringify(key)} should not be there`);
  if (!found) return printable(`${of}: ${JSON.stringify(key)} is missing`);
  const columns = Object.keys(expected).filter((name) => expected[name] !== found[name]);
  const differences = columns.map(
    (name) => `${name} is ${JSON.stringify(found[name])} instead of ${JSON.stringify(expected[name])}`,
  );
  return printable(`${of}: ${JSON.stringify(key)}: ${differences.join(', ')}`);
}
