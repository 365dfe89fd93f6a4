import type { Command } from 'commander';
import type { Webhook, Webhooks } from '../webhooks/contracts';
import { printable } from '../printable';

const help = `
A webhook is an endpoint to which the service posts events, signed by Standard Webhooks. The secret is shown once, when the
endpoint is created. Commands work on the database; the service sends, and finds out within three seconds. Only a test is
sent by the command itself.

Exit code: 0 all is well, 1 there is no such webhook, or it did not take the test, 2 it could not run.

Examples:
  stock-allocation webhooks create https://shop.example/stock-events --types Allocated,Deallocated
  stock-allocation webhooks list
  stock-allocation webhooks test 01990a5c-7e00-7000-8000-0123456789ab
  stock-allocation webhooks replay 01990a5c-7e00-7000-8000-0123456789ab --since 2030-01-31T12:00:00Z`;

/** How many `list` shows at once. */
const PAGE = 1_000;

/** The commands `webhooks list`, `create`, `test`, `replay` and `delete`. */
export function registerWebhooks(program: Command): void {
  const command = program
    .command('webhooks')
    .summary('have events posted to endpoints')
    .description('Shows the endpoints to which events are posted, and adds, tests, replays and deletes them.')
    .addHelpText('after', help);
  command.command('list').description('shows them').option('--json', 'as JSON').action(list);
  command
    .command('create')
    .description('adds one, which gets what happens from now on, and shows its secret')
    .argument('<url>', 'where to post to')
    .option('--types <names>', 'only events of these types, such as Allocated,OutOfStock')
    .option('--skus <skus>', 'only events of these SKUs, separated by commas')
    .action(create);
  command
    .command('test')
    .description('posts one event of type webhooks.Test.v1 to it')
    .argument('<id>', 'the webhook')
    .action(test);
  command
    .command('replay')
    .description('has events posted to it again')
    .argument('<id>', 'the webhook')
    .option('--after <position>', 'those after a position of the feed of events')
    .option('--since <time>', 'those from a time on, such as 2030-01-31T12:00:00Z')
    .action(replay);
  command
    .command('delete')
    .description('forgets it; nothing is posted to it any more')
    .argument('<id>', 'the webhook')
    .action(remove);
}

async function list({ json }: { json?: boolean }): Promise<void> {
  const all = await withWebhooks(async (webhooks) => {
    const found: Webhook[] = [];
    for (;;) {
      const page = await webhooks.list(found.at(-1)?.id, PAGE);
      found.push(...page);
      if (page.length < PAGE) return found;
    }
  });
  if (json) return void process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
  for (const webhook of all) process.stdout.write(`${lineOf(webhook)}\n`);
  if (all.length === 0) process.stdout.write('There are none\n');
}

async function create(url: string, options: { types?: string; skus?: string }): Promise<void> {
  const { isEndpointUrl, URL_RULE } =
    require('../webhooks/contracts') as typeof import('../webhooks/contracts');
  const { EVENT_TYPES } = require('../log/contracts') as typeof import('../log/contracts');
  const [types, skus] = [listIn(options.types), listIn(options.skus)];
  if (!isEndpointUrl(url)) throw new Error(`<url> ${URL_RULE}`);
  const unknown = types?.find((type) => !EVENT_TYPES.includes(type));
  if (unknown !== undefined)
    throw new Error(`--types must be some of ${EVENT_TYPES.join(',')}, and not ${unknown}`);
  const { id, secret } = await withWebhooks((webhooks) => webhooks.create({ url, types, skus }));
  process.stdout.write(`${id}\n${secret}\n`);
}

async function test(id: string): Promise<void> {
  const outcome = await withWebhooks((webhooks) => webhooks.test(checkedId(id)));
  if (!outcome) return noSuchWebhook(id);
  const { error, status, durationMs } = outcome;
  process.stdout.write(error === null ? `Taken: ${status}, in ${durationMs} ms\n` : `${printable(error)}\n`);
  if (error !== null) process.exitCode = 1;
}

async function replay(id: string, { after, since }: { after?: string; since?: string }): Promise<void> {
  if ((after === undefined) === (since === undefined))
    throw new Error('Say --after or --since, and not both');
  const { CursorExpired, UnknownCursor } = require('../log/contracts') as typeof import('../log/contracts');
  const { isTime } = require('../syntax') as typeof import('../syntax');
  if (since !== undefined && !isTime(since))
    throw new Error('--since must be a time such as 2030-01-31T12:00:00Z');
  const from = after ?? new Date(since!);
  const events = await withWebhooks((webhooks) => webhooks.replay(checkedId(id), from)).catch(
    (error: unknown) => {
      if (error instanceof UnknownCursor)
        throw new Error('--after must be a position that the feed of events gave out');
      if (error instanceof CursorExpired) throw new Error('The events after this position are gone');
      throw error;
    },
  );
  if (events === undefined) noSuchWebhook(id);
  else process.stdout.write(`${id} gets what it wants of ${events} events again from the service\n`);
}

async function remove(id: string): Promise<void> {
  if (await withWebhooks((webhooks) => webhooks.remove(checkedId(id))))
    process.stdout.write(`${id} deleted\n`);
  else noSuchWebhook(id);
}

function lineOf({ id, url, types, skus, enabled, disabledBecause, failingSince }: Webhook): string {
  const wants = [types?.join(',') ?? 'all types', skus?.map(printable).join(',') ?? 'all SKUs'].join(' of ');
  const disabled = `disabled${disabledBecause ? ` (${disabledBecause})` : ''}`;
  const failing = failingSince ? `, failing since ${failingSince.toISOString()}` : '';
  return `${id} ${printable(url)}: ${wants}, ${enabled ? 'enabled' : disabled}${failing}`;
}

function listIn(text: string | undefined): string[] | null {
  return text?.split(',').map((part) => part.trim()) ?? null;
}

function checkedId(id: string): string {
  if (/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id)) return id;
  throw new Error('<id> must be the id of a webhook, as `webhooks list` shows it');
}

function noSuchWebhook(id: string): void {
  process.stdout.write(`There is no webhook ${printable(id)}\n`);
  process.exitCode = 1;
}

async function withWebhooks<T>(work: (webhooks: Webhooks) => Promise<T>): Promise<T> {
  const { readConfig, withDataSource } = require('./application') as typeof import('./application');
  const { webhooksOn } = require('../webhooks/contracts') as typeof import('../webhooks/contracts');
  const config = readConfig();
  return withDataSource(config, (dataSource) => work(webhooksOn(dataSource, config)));
}
