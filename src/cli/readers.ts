import type { Command } from 'commander';
import type { Readers } from '../messaging/contracts';
import { printable } from '../printable';

const help = `
A reader has every event queued for it from its registration on, by every process that writes events. A service that has
a broker (REDIS_URL) registers it when it starts, under the name broker. While the broker is away its events wait in the
database. When it is gone for good, stop the services that have it, or start them without REDIS_URL, and remove it: what
waits is dropped, and nothing is queued for it until a service starts with a broker again.

Exit code: 0 all is well, 1 there is no such reader, 2 it could not run.

Examples:
  stock-allocation readers list
  stock-allocation readers remove broker`;

/** The commands `readers list` and `readers remove`. */
export function registerReaders(program: Command): void {
  const command = program
    .command('readers')
    .summary('show who has events queued, or take a reader away')
    .description(
      'Shows who has events queued and how many wait, and takes a reader away that is gone for good.',
    )
    .addHelpText('after', help);
  command.command('list').description('shows them').option('--json', 'as JSON').action(list);
  command
    .command('remove')
    .description('queues no more events for a reader, and drops those that wait')
    .argument('<name>', 'the reader')
    .action(remove);
}

async function list({ json }: { json?: boolean }): Promise<void> {
  const readers = await withReaders((all) => all.list());
  if (json) return void process.stdout.write(`${JSON.stringify(readers, null, 2)}\n`);
  for (const { name, registeredAt, waiting } of readers)
    process.stdout.write(
      `${printable(name)}: ${waiting} events wait, registered ${registeredAt.toISOString()}\n`,
    );
  if (readers.length === 0) process.stdout.write('There are none\n');
}

async function remove(name: string): Promise<void> {
  const dropped = await withReaders((all) => all.remove(name));
  if (dropped === undefined) {
    process.stdout.write(`There is no reader ${printable(name)}\n`);
    process.exitCode = 1;
  } else {
    process.stdout.write(`${printable(name)} removed; ${dropped} events had waited for it\n`);
  }
}

async function withReaders<T>(work: (readers: Readers) => Promise<T>): Promise<T> {
  const { readConfig, withDataSource } = require('./application') as typeof import('./application');
  const messaging = require('../messaging/contracts') as typeof import('../messaging/contracts');
  return withDataSource(readConfig(), (dataSource) => work(new messaging.Readers(dataSource)));
}
