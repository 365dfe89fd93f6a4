import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Client } from 'pg';
import { parse } from 'yaml';
import { describeWithPrometheus, Prometheus, prometheusPrograms } from '../support/prometheus';
import { RunningService } from '../support/running-service';
import { connected } from '../support/sql';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';
import { WebhookReceiver } from '../support/webhook-receiver';

const ops = join(__dirname, '../../ops');
const rules = join(ops, 'prometheus/alerts.yml');

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly runbook: string };
}
const { groups } = parse(readFileSync(rules, 'utf8')) as { groups: { rules: Alert[] }[] };
const alerts = groups.flatMap(({ rules: each }) => each);

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}
const dashboard = JSON.parse(readFileSync(join(ops, 'grafana/stock-allocation.json'), 'utf8')) as {
  panels: Panel[];
};
const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => ({ title, expr })),
);

/** What the test has happen, by the alert that tells of it; the others would take longer than a test may. */
const PROVOKED = [
  'StockAllocationDown',
  'StockAllocationErrors',
  'StockAllocationLogStuck',
  'StockAllocationReaderBehind',
  'StockAllocationReaderFailing',
  'StockAllocationDeadLetters',
  'StockAllocationViewsBehind',
  'StockAllocationOrdersStuck',
  'StockAllocationMailsWaiting',
  'StockAllocationWebhooksFailing',
  'StockAllocationWebhookDisabled',
  'StockAllocationRetentionBehind',
  'StockAllocationRateLimited',
];

describe('every alert', () => {
  const manual = readFileSync(join(__dirname, '../../docs/operations.md'), 'utf8');

  test.each(alerts.map(({ alert, annotations }) => [alert, annotations.runbook]))(
    'is in the manual, with what to do: %s',
    (name, runbook) => {
      expect(runbook).toBe(`docs/operations.md#${name.toLowerCase()}`);
      expect(manual).toContain(`\n### ${name}\n`);
    },
  );
});

describeWithPrometheus('a real Prometheus', () => {
  let database: TestDatabase;
  let service: RunningService;
  let receiver: WebhookReceiver;
  let prometheus: Prometheus;
  let client: Client;
  let holder: Client;
  let customers: NodeJS.Timeout;

  beforeAll(async () => {
    database = await createTestDatabase();
    receiver = await WebhookReceiver.start();
    service = await RunningService.start({
      DATABASE_URL: database.url,
      WEBHOOKS_ALLOW_PRIVATE: 'true',
      RATE_LIMIT_PER_ADDRESS: '1',
    });
    client = await connected(database.url);
    holder = await connected(database.url);
    const create = async (body: object): Promise<string> => {
      const answer = await fetch(`${service.url}/v1/keys`, {
        method: 'POST',
        headers: { ...service.headers, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return ((await answer.json()) as { key: string }).key;
    };
    service.headers = { authorization: `Bearer ${await create({ name: 'admin', scopes: ['admin'] })}` };
    const key = await create({ name: 'prometheus', scopes: ['metrics'] });
    prometheus = await Prometheus.start([new URL(service.url).host, '127.0.0.1:1'], rules, key);
    expect(await service.post('/v1/webhooks', { url: receiver.url })).toBe(201);
    expect(await service.post('/v1/batches', { ref: 'batch-001', sku: 'SOFA', qty: 1_000_000 })).toBe(201);
    expect(await service.post('/v1/batches', { ref: 'batch-002', sku: 'HELD', qty: 1_000_000 })).toBe(201);
    // A product that somebody holds: after 9 seconds its commands are answered 503.
    await holder.query(`BEGIN; SELECT FROM products WHERE sku = 'HELD' FOR UPDATE`);
    // A rule that has been due for long, and that nobody can follow.
    await client.query(`INSERT INTO retention (name, due_at) VALUES ('inbox', now() - interval '2 hours')`);
    await holder.query('SELECT FROM retention FOR UPDATE');
    let orders = 0;
    customers = setInterval(() => {
      orders += 1;
      const sku = ['SOFA', 'LAMP', 'HELD', 'SOFA'][orders % 4];
      const order = { orderId: `order-${orders}`, sku, qty: 1 };
      void service.post('/v1/allocations', order).catch(() => {});
      // Nobody that is known.
      void fetch(`${service.url}/v1/skus`).then((answer) => answer.arrayBuffer());
    }, 50);
  });
  afterAll(async () => {
    clearInterval(customers);
    await prometheus?.stop();
    await client.end();
    await holder.end();
    await service.stop('SIGKILL');
    await receiver.stop();
    await database.drop();
  });

  /** @returns what it says; it fails when something is wrong */
  const promtool = async (...args: string[]) =>
    (await promisify(execFile)(join(prometheusPrograms(), 'promtool'), args)).stdout;

  test('takes the alerts, which fire when they should and are silent else', async () => {
    expect(await promtool('check', 'rules', rules)).toContain(`${alerts.length} rules found`);
    expect(await promtool('test', 'rules', join(ops, 'prometheus/alerts.test.yml'))).toContain('SUCCESS');
  });

  test('reads an instance with a key that may do nothing else', async () => {
    await until(async () => (await prometheus.query('up == 1')).length === 1, 30);
    const [{ value }] = await prometheus.query('stock_allocation_ready');
    expect(value[1]).toBe('1');
  });

  test('answers every query of the dashboard', async () => {
    expect(queries.length).toBeGreaterThan(45);
    for (const { title, expr } of queries) {
      const filled = expr
        .replaceAll('$job', 'stock-allocation')
        .replaceAll('$instance', '.*')
        .replaceAll('$__rate_interval', '20s')
        .replaceAll('[5m:15s]', '[20s:2s]');
      const hasValue = async () =>
        (await prometheus.query(filled)).some(({ value }) => Number.isFinite(Number(value[1])));
      await until(hasValue, 30).catch(() => {
        throw new Error(`"${title}" shows nothing: ${filled}`);
      });
    }
  });

  test('has values for every alert', async () => {
    for (const { alert, expr } of alerts) {
      const values = expr.replaceAll(/ (==|>) [\d.]+$/gm, '').replaceAll(/\[\d+[mh]\]/g, '[20s]');
      const isThere = async () => (await prometheus.query(values)).length > 0;
      await until(isThere, 30).catch(() => {
        throw new Error(`${alert} would never fire: ${values} has no values`);
      });
    }
  });

  test('tells of what goes wrong', async () => {
    await client.query(`
      INSERT INTO dead_letters (handler, attempts, error, event_id, event)
      SELECT 'orders', 12, 'No', id, '{"type":"Allocated","sku":"SOFA","sequence":1}' FROM log LIMIT 1;
      INSERT INTO readers (name, kind, position, replayed_to) VALUES ('gone', 'webhook', 0, 0);
      UPDATE log SET occurred_at = now() - interval '1 hour' WHERE position = 1;
      INSERT INTO redeliveries (reader, sku, sequence, attempts, error, next_attempt_at)
      VALUES ('gone', 'SOFA', 1, 3, 'No', now() + interval '1 hour');
      INSERT INTO orders (order_id, wish, lines, step, tries, version, changed_at, due_at)
      VALUES ('stuck', '{}', '[]', 'cancelling', 0, 1, now() - interval '1 hour', now() + interval '1 hour');
      INSERT INTO pending_views (sku, sequence) VALUES ('LOST', 1);
      INSERT INTO mail_queue (id, recipient, subject, body, queued_at, due_at)
      VALUES (gen_random_uuid(), 'a@example.com', 'Late', 'Late', now() - interval '1 hour', now() + interval '1 hour');
      INSERT INTO webhooks (id, url, secret, enabled, disabled_because, failing_since)
      VALUES (gen_random_uuid(), 'https://example.com', 'x', false, 'gone', now()),
             (gen_random_uuid(), 'https://example.com', 'x', true, NULL, now())`);
    // Nobody can number events.
    await holder.query('SELECT FROM log_head FOR UPDATE');
    await client.query(`
      INSERT INTO outbox (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data)
      SELECT gen_random_uuid(), type, schema_version, 'STUCK', 1, now() - interval '1 hour', 'x', 'x', data FROM log LIMIT 1`);
    const raised = async () => [...(await prometheus.alerts())];
    await until(async () => {
      const names = await raised();
      return PROVOKED.every((name) => names.includes(name));
    }, 30).catch(async () => expect(await raised()).toEqual(expect.arrayContaining(PROVOKED)));
  });
});
