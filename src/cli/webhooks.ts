import type { Command } from 'commander';
import type { Delivery, Webhook, Webhooks } from '../webhooks/contracts';
import { printable } from '../printable';
import { sinceIn } from './since';

const help = `
A webhook is an endpoint to which the service posts events, signed by Standard Webhooks. The secret is shown once, when the
endpoint is created or gets a new one. Commands work on the database; the service sends, and finds out within three seconds.
Only a test is sent by the command itself.

Exit code: 0 all is well, 1 there is no such webhook, or it did not take the test, 2 it could not run.

Examples:
  stock-allocation webhooks create https://shop.example/stock-events --types Allocated,Deallocated
  stock-allocation webhooks list
  stock-allocation webhooks update 01990a5c-7e00-7000-8000-0123456789ab --enable
  stock-allocation webhooks deliveries 01990a5c-7e00-7000-8000-0123456789ab
  stock-allocation webhooks test 01990a5c-7e00-7000-8000-0123456789ab
  stock-allocation webhooks replay 01990a5c-7e00-7000-8000-0123456789ab --since 2030-01-31T12:00:00Z`;

/** How many `list` shows at once. */
const PAGE = 1_000;

/** The commands `webhooks list`, `create`, `update`, `deliveries`, `test`, `replay` and `delete`. */
export function registerWebhooks(program: Command): void {
  const command = program
    .command('webhooks')
    .summary('have events posted to endpoints')
    .description(
      'Shows the endpoints to which events are posted, and adds, changes, tests, replays and deletes them.',
    )
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
    .command('update')
    .description('changes it; what is not named stays as it is')
    .argument('<id>', 'the webhook')
    .option('--url <url>', 'where to post to from now on')
    .option('--types <names>', 'only events of these types; all for every type')
    .option('--skus <skus>', 'only events of these SKUs, separated by commas; all for every SKU')
    .option('--enable', 'has events posted to it again, from where it stood')
    .option('--disable', 'has nothing posted to it until it is enabled')
    .option(
      '--rotate-secret',
      'gives it a new secret, and shows that; the one before signs for 24 hours, too',
    )
    .action(update);
  command
    .command('deliveries')
    .description('shows what became of the attempts to post to it, the newest first')
    .argument('<id>', 'the webhook')
    .option('--limit <count>', `so many of them, from 1 to ${PAGE}`, '20')
    .option('--json', 'as JSON')
    .action(deliveries);
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
  const [types, skus] = [listIn(options.types), listIn(options.skus)];
  checkUrl('<url>', url);
  checkTypes(types);
  const { id, secret } = await withWebhooks((webhooks) => webhooks.create({ url, types, skus }));
  process.stdout.write(`${id}\n${secret}\n`);
}

interface Change {
  readonly url?: string;
  readonly types?: string;
  readonly skus?: string;
  readonly enable?: true;
  readonly disable?: true;
  readonly rotateSecret?: true;
}

async function update(id: string, { enable, disable, rotateSecret, ...options }: Change): Promise<void> {
  if (enable && disable) throw new Error('Say --enable or --disable, and not both');
  const { url } = options;
  const [types, skus] = [changeIn(options.types), changeIn(options.skus)];
  if (url !== undefined) checkUrl('--url', url);
  checkTypes(types);
  const enabled = enable || disable ? enable === true : undefined;
  const change = { url, types, skus, enabled, rotateSecret };
  if (Object.values(change).every((wish) => wish === undefined))
    throw new Error('Say what is to change: `webhooks update --help` lists what can');
  const webhook = await withWebhooks((webhooks) => webhooks.change(checkedId(id), change));
  if (!webhook) return noSuchWebhook(id);
  process.stdout.write(`${lineOf(webhook)}\n`);
  if (webhook.secret !== undefined) process.stdout.write(`${webhook.secret}\n`);
}

async function deliveries(id: string, { limit, json }: { limit: string; json?: boolean }): Promise<void> {
  const count = Number(limit);
  if (!Number.isInteger(count) || count < 1 || count > PAGE)
    throw new Error(`--limit must be a whole number from 1 to ${PAGE}`);
  const all = await withWebhooks((webhooks) => webhooks.listDeliveries(checkedId(id), undefined, count));
  if (!all) return noSuchWebhook(id);
  if (json) return void process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
  for (const delivery of all) process.stdout.write(`${lineOfDelivery(delivery)}\n`);
  if (all.length === 0) process.stdout.write('There are none\n');
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
  const from = after ?? sinceIn(since!);
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

function lineOfDelivery({ at, type, sku, sequence, attempt, status, error, durationMs }: Delivery): string {
  const outcome = error === null ? `taken: ${status}` : printable(error);
  return `${at.toISOString()} ${type} ${sequence} of ${printable(sku)}, attempt ${attempt}, ${durationMs} ms: ${outcome}`;
}

function checkUrl(name: string, url: string): void {
  const { isEndpointUrl, URL_RULE } =
    require('../webhooks/contracts') as typeof import('../webhooks/contracts');
  if (!isEndpointUrl(url)) throw new Error(`${name} ${URL_RULE}`);
}

function checkTypes(types: readonly string[] | null | undefined): void {
  const { EVENT_TYPES } = require('../log/contracts') as typeof import('../log/contracts');
  const unknown = types?.find((type) => !EVENT_TYPES.includes(type));
  if (unknown !== undefined)
    throw new Error(`--types must be some of ${EVENT_TYPES.join(',')}, and not ${unknown}`);
}

/** Null: all of them; undefined: as before. */
function changeIn(text: string | undefined): string[] | null | undefined {
  if (text === undefined) return undefined;
  return text === 'all' ? null : listIn(text);
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
