import type { Command } from 'commander';
import type { DeadLetter } from '../messaging/contracts';
import { printable } from '../printable';

const help = `
A dead letter is an event that one of its handlers failed on for the last time. Mend the cause, then replay.

Exit code: 0 all is well, 1 there is no such dead letter, 2 it could not run.

Examples:
  stock-allocation dead-letters list
  stock-allocation dead-letters replay stock-alerts 01990a5c-7e00-7000-8000-0123456789ab
  stock-allocation dead-letters replay --all`;

/** The commands `dead-letters list` and `dead-letters replay`. */
export function registerDeadLetters(program: Command): void {
  const command = program
    .command('dead-letters')
    .summary('show events that could not be delivered, or deliver them again')
    .description('Shows events that could not be delivered, and delivers them again.')
    .addHelpText('after', help);
  command
    .command('list')
    .description('shows them, the newest first')
    .option('--limit <number>', 'so many at most', '100')
    .option('--json', 'as JSON')
    .action(list);
  command
    .command('replay')
    .description('delivers one of them again, or all')
    .argument('[handler]', 'the handler that failed')
    .argument('[event-id]', 'the event')
    .option('--all', 'deliver all again')
    .action(replay);
}

async function list({ limit, json }: { limit: string; json?: boolean }): Promise<void> {
  const letters = await withDeadLetters((deadLetters) => deadLetters.list(positive(limit)));
  if (json) return void process.stdout.write(`${JSON.stringify(letters, null, 2)}\n`);
  for (const letter of letters) process.stdout.write(`${lineOf(letter)}\n`);
  if (letters.length === 0) process.stdout.write('There are none\n');
}

async function replay(handler = '', eventId = '', { all }: { all?: boolean } = {}): Promise<void> {
  if (!all && !/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(eventId)) {
    throw new Error('Name a handler and the id of an event, as `dead-letters list` shows them, or say --all');
  }
  const replayed = await withDeadLetters(async (deadLetters) =>
    all ? deadLetters.replayAll() : Number(await deadLetters.replay(handler, eventId)),
  );
  process.stdout.write(`${replayed} delivered again by the service\n`);
  if (replayed === 0 && !all) process.exitCode = 1;
}

function lineOf({ handler, eventId, type, sku, sequence, attempts, error, diedAt }: DeadLetter): string {
  const event = `${type} ${sequence} of ${printable(sku)}`;
  return `${diedAt.toISOString()} ${handler} ${eventId} ${event}: ${printable(error)} (${attempts} attempts)`;
}

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error('--limit must be a whole number from 1');
  return number;
}

/** On the database alone: the service, which has the handlers, does the rest. */
async function withDeadLetters<T>(
  work: (deadLetters: import('../messaging/contracts').DeadLetters) => Promise<T>,
): Promise<T> {
  const { readConfig, withDataSource } = require('./application') as typeof import('./application');
  const { DeadLetters } = require('../messaging/contracts') as typeof import('../messaging/contracts');
  return withDataSource(readConfig(), (dataSource) => work(new DeadLetters(dataSource)));
}
