import type { Client } from 'pg';
import { LogSequencer, Readers } from '../../src/log/contracts';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/database/data-source';
import { Retention } from '../../src/retention/contracts';
import { HttpApp } from '../support/http-app';
import { SentStatements, type SentStatement } from '../support/sent-statements';
import { connected } from '../support/sql';
import { until } from '../support/until';
import { WebhookReceiver } from '../support/webhook-receiver';

/** What grows with time, or with those who read. */
const GROWING =
  /^(log_\d+|outbox|redeliveries|dead_letters|handled|done_events|webhook_deliveries|view_lines|view_batches)$/;

/** What an operator asks for, now and then, goes through what he asks for. */
const ASKED_BY_HAND = /count\(\*\) FROM outbox/;

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Filter?: string;
  readonly Plans?: readonly PlanNode[];
}

let http: HttpApp;
let receiver: WebhookReceiver;
let sent: SentStatements;

beforeEach(async () => {
  receiver = await WebhookReceiver.start();
  http = await HttpApp.start(undefined, { WEBHOOKS_ALLOW_PRIVATE: 'true' });
  sent = new SentStatements();
});
afterEach(async () => {
  sent.stop();
  await http.stop();
  await receiver.stop();
});

/** Followers, an endpoint that fails on some SKU, replays, lists. */
async function work(): Promise<void> {
  const { id } = (await http.post('/v1/webhooks', { url: receiver.url })).json<{ id: string }>();
  receiver.answer = ({ event }, response) =>
    void response.writeHead(event.subject === 'FAILS' ? 500 : 204).end();
  for (const sku of ['FAILS', 'WORKS']) {
    await http.post('/v1/batches', { ref: `batch of ${sku}`, sku, qty: 10 });
    for (const orderId of ['one', 'two']) await http.post('/v1/allocations', { orderId, sku, qty: 1 });
  }
  await until(() => receiver.sequencesOf('WORKS').length === 3 && receiver.sequencesOf('FAILS').length > 0);
  await until(async () => (await rows('SELECT FROM redeliveries')) > 0);
  for (const query of ['', 'after=now&wait=1', 'sku=WORKS&type=Allocated', 'limit=1'])
    expect((await http.get(`/v1/events?${query}`)).statusCode).toBe(200);
  await http.get(`/v1/webhooks/${id}/deliveries`);
  await http.get('/v1/webhooks');
  await http.get('/v1/readers');
  await http.get('/v1/dead-letters');
  await http.post(`/v1/webhooks/${id}/replay`, { since: '2020-01-01T00:00:00Z' });
  await http.post('/v1/readers/views/replay');
  await http.post('/v1/dead-letters/replay');
  await http.app.get(LogSequencer).number();
  await http.app.get(Readers).replay('stock-alerts', new Date(0));
  await until(
    async () => (await rows("SELECT FROM readers WHERE name = 'views' AND position >= replayed_to")) > 0,
    300,
  );
  await http.send('PATCH', `/v1/webhooks/${id}`, { enabled: false });
  // What is no longer kept: one rule after the other, until none is due.
  const retention = http.app.get(Retention);
  while (await retention.removeDue());
}

const rows = async (text: string) => (await http.database.query(text)).rowCount ?? 0;

/** The statements that go through all of a growing table, or sort what they do not need. */
async function scanning(): Promise<string[]> {
  // What a test asks itself has no values.
  const asked = sent.all.filter(
    ({ text, values }) => /^\s*(SELECT|WITH|UPDATE|DELETE|INSERT)/.test(text) && values.length > 0,
  );
  const all = new Map(asked.map((one) => [one.text, one]));
  expect(all.size).toBeGreaterThan(40);
  const client = await connectedAsService();
  try {
    const found: string[] = [];
    for (const statement of all.values()) {
      if (ASKED_BY_HAND.test(statement.text)) continue;
      const plan = await planOf(client, statement);
      if (plan && scans(plan)) found.push(`${statement.text}\n${JSON.stringify(plan, null, 1)}`);
    }
    return found;
  } finally {
    await client.end();
  }
}

async function connectedAsService(): Promise<Client> {
  const { onConnect } = new DataSource(dataSourceOptions(http.databaseUrl)).options.extra as {
    onConnect: (client: Client) => Promise<void>;
  };
  const client = await connected(http.databaseUrl);
  await onConnect(client);
  return client;
}

async function planOf(client: Client, { text, values }: SentStatement): Promise<PlanNode | undefined> {
  const result = await client.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(`EXPLAIN (FORMAT JSON) ${text}`, [
    ...values,
  ]);
  return result.rows[0]['QUERY PLAN'][0].Plan;
}

function scans(node: PlanNode, parent?: PlanNode): boolean {
  const isScan = node['Node Type'].endsWith('Scan') && GROWING.test(node['Relation Name'] ?? '');
  const isKeyed = node['Index Cond'] !== undefined || /^(Tid|Bitmap Heap) Scan$/.test(node['Node Type']);
  // The first rows of an index, in its order.
  const isHead = parent?.['Node Type'] === 'Limit' && /^Index/.test(node['Node Type']) && !node.Filter;
  const sortsForLimit =
    node['Node Type'] === 'Limit' && node.Plans?.[0]['Node Type'] === 'Sort' && reads(node.Plans[0]);
  return (
    (isScan && !isKeyed && !isHead) || sortsForLimit || (node.Plans ?? []).some((inner) => scans(inner, node))
  );
}

function reads(node: PlanNode): boolean {
  return GROWING.test(node['Relation Name'] ?? '') || (node.Plans ?? []).some(reads);
}

test('no statement of those who read the log scans a table of a fresh database', async () => {
  await work();
  expect(await scanning()).toEqual([]);
});

test('no statement of those who read the log scans a large table', async () => {
  await fill();
  await work();
  expect(await scanning()).toEqual([]);
}, 600_000);

/** 200,000 events in parts, and what has become of them. */
async function fill(): Promise<void> {
  const ask = (text: string) => http.database.query(text);
  await ask(
    `INSERT INTO outbox (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data, claimed_until)
     SELECT gen_random_uuid(), 'OutOfStock', 2, 'old-' || n % 1000, n / 1000 + 1, now() - interval '1 h', 'c', 'c',
            jsonb_build_object('sku', 'old-' || n % 1000, 'orderId', 'o' || n, 'qty', 1, 'available', 0), NULL
     FROM generate_series(0, 49999) n`,
  );
  while ((await http.app.get(LogSequencer).number()) > 0);
  await until(async () => (await rows('SELECT FROM outbox')) === 0, 60);
  await ask(
    `UPDATE readers SET position = (SELECT position FROM log_head), holder = NULL, held_until = NULL, fence = fence + 1`,
  );
  await ask(
    `INSERT INTO redeliveries (reader, sku, sequence, attempts, error, next_attempt_at)
     SELECT 'stock-alerts', sku, sequence, 1, '', now() + interval '1 h' FROM log`,
  );
  await ask(
    `INSERT INTO dead_letters (handler, event_id, attempts, error, event)
     SELECT 'gone', id, 12, '', jsonb_build_object('sku', sku, 'sequence', sequence, 'type', type) FROM log LIMIT 2000`,
  );
  await ask(
    `INSERT INTO webhook_deliveries (id, webhook_id, event_id, type, sku, sequence, attempt, at, duration_ms)
     SELECT gen_random_uuid(), gen_random_uuid(), id, type, sku, sequence, 1, now(), 1 FROM log`,
  );
  await ask(
    `INSERT INTO done_events (handler, event_id, occurred_at) SELECT 'gone', id, occurred_at - interval '1 year' FROM log`,
  );
  await ask('ANALYZE');
  sent.all.length = 0;
}
