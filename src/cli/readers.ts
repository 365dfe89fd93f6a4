import type { Command } from 'commander';
import type { Readers } from '../log/contracts';
import { printable } from '../printable';
import { sinceIn } from './since';

const help = `
A reader reads the log of events: a handler, the broker or an endpoint of a webhook. How far each has come is kept under
its name, in the database. A handler or broker is registered by the first service that has it; nothing is lost while none
runs. Events are retained until every reader has had them, so one that is gone for good must be removed: stop the services
that have it first. A reader that is replayed gets its events once more, from the service.

Exit code: 0 all is well, 1 there is no such reader, or it is an endpoint of a webhook, 2 it could not run.

Examples:
  stock-allocation readers list
  stock-allocation readers remove broker
  stock-allocation replay stock-alerts --since 2030-01-31T12:00:00Z`;

/** The commands `readers list`, `readers remove` and `replay`. */
export function registerReaders(program: Command): void {
  const command = program
    .command('readers')
    .summary('show who reads the log of events, or take a reader away')
    .description('Shows who reads the log of events and how far each has come, and takes a reader away.')
    .addHelpText('after', help);
  command.command('list').description('shows them').option('--json', 'as JSON').action(list);
  command
    .command('remove')
    .description('forgets a reader that is gone for good')
    .argument('<name>', 'the reader')
    .action(remove);
  program
    .command('replay')
    .summary('have a reader read the log of events again')
    .description('Has a handler, the broker or a webhook read the log again: events come to it once more.')
    .argument('<name>', 'the reader, as `readers list` shows it')
    .option(
      '--since <time>',
      'events from then on, such as 2030-01-31T12:00:00Z; all that are retained by default',
    )
    .addHelpText('after', help)
    .action(replay);
}

async function list({ json }: { json?: boolean }): Promise<void> {
  const readers = await withReaders((all) => all.list());
  if (json) return void process.stdout.write(`${JSON.stringify(readers, null, 2)}\n`);
  for (const { name, kind, position, lag, failing, deadLetters, seenAt } of readers)
    process.stdout.write(
      `${printable(name)} (${kind}): at ${position}, ${lag} to read, ${failing} failing, ${deadLetters} dead, ` +
        `seen ${seenAt.toISOString()}\n`,
    );
  if (readers.length === 0) process.stdout.write('There are none\n');
}

async function remove(name: string): Promise<void> {
  const outcome = await withReaders(async (all) => {
    const isWebhook = (await all.list()).some((reader) => reader.name === name && reader.kind === 'webhook');
    return isWebhook ? 'webhook' : all.remove(name);
  });
  if (outcome === undefined) noSuchReader(name);
  else if (outcome === 'webhook') {
    const id = printable(name.slice(name.indexOf(':') + 1));
    process.stdout.write(
      `${printable(name)} reads for an endpoint, which goes with it: stock-allocation webhooks delete ${id}\n`,
    );
    process.exitCode = 1;
  } else process.stdout.write(`${printable(name)} removed; it had ${outcome} events to read\n`);
}

async function replay(name: string, { since }: { since?: string }): Promise<void> {
  const from = since === undefined ? undefined : sinceIn(since);
  const events = await withReaders((all) => all.replay(name, from));
  if (events === undefined) noSuchReader(name);
  else process.stdout.write(`${printable(name)} gets ${events} events again from the service\n`);
}

function noSuchReader(name: string): void {
  process.stdout.write(`There is no reader ${printable(name)}\n`);
  process.exitCode = 1;
}

async function withReaders<T>(work: (readers: Readers) => Promise<T>): Promise<T> {
  const { readConfig, withDataSource } = require('./application') as typeof import('./application');
  const log = require('../log/contracts') as typeof import('../log/contracts');
  return withDataSource(readConfig(), (dataSource) => work(new log.Readers(dataSource)));
}
