import type { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { GroupCommit } from '../../src/allocation/adapters/group-commit/group-commit';
import { GroupCommitOptions } from '../../src/allocation/adapters/group-commit/group-commit-options';
import { InlineProjections } from '../../src/allocation/adapters/postgres/inline-projections';
import { HandlerClaim } from '../../src/allocation/adapters/postgres/outbox';
import { PostgresProductRepository } from '../../src/allocation/adapters/postgres/postgres-product-repository';
import type { Scope } from '../../src/allocation/application/scope';
import { OrderLine } from '../../src/allocation/domain/order-line';
import type { Product } from '../../src/allocation/domain/product';
import { PostgresCustomerRepository } from '../../src/customers/adapters/postgres-customer-repository';
import { PostgresCustomersUnitOfWork } from '../../src/customers/adapters/postgres-customers-unit-of-work';
import { runWithCorrelation } from '../../src/correlation';
import { createDataSource } from '../../src/database/data-source';
import { AnswerTable } from '../../src/idempotency/adapters/answer-table';
import { IdempotentRequest } from '../../src/idempotent-request';
import { MailQueue } from '../../src/notifications/mail/mail-queue';
import { MailSender } from '../../src/notifications/mail/mail-sender';
import { Mails } from '../../src/notifications/mail/mails';
import { PostgresOrders } from '../../src/orders/adapters/postgres-orders';
import { OrderLease } from '../../src/orders/application/orders';
import { Order } from '../../src/orders/domain/order';
import { Sql } from '../../src/database/sql';
import { NotificationsSettings } from '../../src/notifications/notifications-settings';
import { OverdueAlertQueue } from '../../src/notifications/alerts/overdue-alert-queue';
import { verify } from '../../src/views/contracts';
import { OutOfStockAttention } from '../../src/views/queries/stock-attention';
import { BatchFinder } from '../../src/views/queries/batch-finder';
import { LineFinder } from '../../src/views/queries/line-finder';
import { MovementFinder } from '../../src/views/queries/movement-finder';
import { PostgresAvailability } from '../../src/views/availability/postgres-availability';
import { ViewProjection } from '../../src/views/projections/view-projection';
import { MemoryMailer } from '../support/memory-mailer';
import { RecordingEventBus } from '../support/recording-event-bus';
import { connected, query } from '../support/sql';
import { SentStatements, type SentStatement } from '../support/sent-statements';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const HOT = [
  ...['products', 'batches', 'allocations', 'outbox', 'inbox', 'view_lines', 'view_batches'],
  ...['orders', 'customers', 'customer_orders'],
  'view_line_sums',
  'expected_batches',
  'pending_views',
  'idempotency_keys',
];

/** A node of a plan, as EXPLAIN (FORMAT JSON) shows it. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Filter?: string;
  readonly Plans?: readonly PlanNode[];
}

let database: TestDatabase;
let dataSource: DataSource;
let sent: SentStatements;

beforeEach(async () => {
  database = await createTestDatabase();
  dataSource = await createDataSource(database.url).initialize();
  sent = new SentStatements();
});
afterEach(async () => {
  sent.stop();
  await dataSource.destroy();
  await database.drop();
});

/** One of each command on some SKUs, what follows in the views, and one of each question. */
async function work(): Promise<void> {
  const bus = new RecordingEventBus();
  const projections = new InlineProjections();
  const products = new PostgresProductRepository(dataSource, projections, new HandlerClaim());
  const availability = new PostgresAvailability(dataSource);
  const view = new ViewProjection(dataSource, availability, projections);
  const units = new GroupCommit(products, bus, new GroupCommitOptions());
  const skus = ['sku-1', 'sku-2', 'sku-3'];
  const each = (run: (sku: string) => Promise<unknown>) => Promise.all(skus.map(run));
  const run = (command: Scope, unit: (product: Product) => unknown) => units.run(command, unit);
  await each((sku) =>
    run({ looksAt: 'batch', sku, batchRef: `new-${sku}`, adds: 10 }, (product) =>
      product.createBatch(`new-${sku}`, 10, null),
    ),
  );
  await each((sku) =>
    run({ looksAt: 'batch', sku, batchRef: `other-${sku}`, adds: 10 }, (product) =>
      product.createBatch(`other-${sku}`, 10, '2031-01-01'),
    ),
  );
  for (const [orderId, terms] of [
    ['new-order', {}],
    ['next-order', {}],
    ['reserved', { reserveFor: 60 }],
    ['waiting', { wait: true }],
  ] as const) {
    const qty = orderId === 'waiting' ? 5_000 : 2;
    await each((sku) =>
      run({ looksAt: 'new line', sku, orderId, qty }, (product) =>
        product.allocate(new OrderLine(orderId, sku, qty), terms),
      ),
    );
  }
  await query(database.url, `UPDATE allocations SET expires_at = now() WHERE order_id = 'reserved'`);
  await each((sku) => run({ looksAt: 'product', sku }, () => undefined));
  await each((sku) =>
    run({ looksAt: 'line to move', sku, orderId: 'new-order' }, (product) => product.reallocate('new-order')),
  );
  await each((sku) =>
    run({ looksAt: 'line to move', sku, orderId: 'new-order', qty: 3 }, (product) =>
      product.changeLineQuantity('new-order', 3),
    ),
  );
  await each((sku) =>
    run({ looksAt: 'batch to change', sku, batchRef: `new-${sku}`, qty: 1 }, (product) =>
      product.changeBatchQuantity(`new-${sku}`, 1),
    ),
  );
  await each((sku) =>
    run({ looksAt: 'batch and lines', sku, batchRef: `other-${sku}` }, (product) =>
      product.arrive(`other-${sku}`),
    ),
  );
  await each((sku) =>
    run({ looksAt: 'line', sku, orderId: 'new-order' }, (product) => product.dispatch('new-order')),
  );
  await each((sku) =>
    run({ looksAt: 'line to give back', sku, orderId: 'next-order' }, (product) =>
      product.deallocate('next-order'),
    ),
  );
  await products.snapshot(async (some) => {
    await some.load({ looksAt: 'question', sku: 'sku-1', orderId: 'waiting' });
    await some.skuOfBatch('new-sku-1');
  });
  await products.skuOfBatch('new-sku-1');
  await view.handleAll(bus.events.map((recorded) => ({ ...recorded })));
  await availability.of(skus);
  await new LineFinder(dataSource).ofOrder('new-order');
  await new LineFinder(dataSource).ofOrder('waiting');
  await new LineFinder(dataSource).allocatedOfOrder('new-order');
  await new LineFinder(dataSource).ofBatch('new-sku-1', '', 101);
  const batches = new BatchFinder(dataSource);
  await batches.batch('new-sku-1');
  await batches.ofSku('sku-1', false, '', 101);
  await batches.ofSku('sku-1', true, 'new-sku-1', 101);
  await batches.outOfStock('', 101);
  await batches.overdue('new-sku-1', 101);
  await new LineFinder(dataSource).reservedOf('sku-1');
  await new LineFinder(dataSource).waiting('sku-1', { priority: 0, askedSequence: 1 }, 101);
  const sender = { wake: () => {} } as MailSender;
  const overdue = new OverdueAlertQueue(dataSource, new NotificationsSettings(), sender);
  await overdue.note({ ref: 'late', sku: 'sku-1', eta: '2020-01-01', sequence: 1 });
  await overdue.notify();
  await workOnOrders();
  await workOnRequests(units);
}

/** The same of requests with an Idempotency-Key. */
async function workOnRequests(units: GroupCommit): Promise<void> {
  const answers = new AnswerTable(dataSource, dataSource);
  const idempotency = new IdempotentRequest('caller', 'key', Buffer.from('fingerprint'));
  await runWithCorrelation({ correlationId: 'id', causationId: 'id', idempotency }, () =>
    units.run({ looksAt: 'product', sku: 'sku-1' }, () => undefined),
  );
  await answers.store(idempotency, { status: 200, headers: {}, body: null });
  expect(await answers.find('caller', 'key')).toMatchObject({ answer: { status: 200 } });
}

/** The same of orders as a whole, and of their customers. */
async function workOnOrders(): Promise<void> {
  const orders = new PostgresOrders(dataSource, new OrderLease());
  const wish = { customerId: 'jo', partial: false, wait: false, reserveFor: null };
  const order = Order.of('order-1', { ...wish, lines: [{ sku: 'sku-1', qty: 1 }] }, 0);
  await orders.add(order);
  await orders.find('order-1');
  await orders.save(order.to('settling'));
  await orders.putOff(order.to('settling'), 0);
  await orders.takeOver(16);
  const mails = new Mails(new MailSender(new MailQueue(dataSource), new MemoryMailer()));
  const customers = new PostgresCustomersUnitOfWork(dataSource, mails);
  await customers.run('jo', 'order-1', (history) => history.recordOrder('order-1'));
  const repository = new PostgresCustomerRepository(dataSource, dataSource, mails);
  await repository.find('jo');
  await repository.forget('jo');
}

/** Statements of the hot path that read all of a hot table, all of an index of one, or more rows than they need. */
async function scanning(which: (statement: SentStatement) => boolean = () => true): Promise<string[]> {
  const hot = new Map(sent.all.filter(({ values }) => values.length > 0).map((one) => [one.text, one]));
  expect(hot.size).toBeGreaterThan(12);
  const client = await connectedAsService();
  try {
    const found: string[] = [];
    for (const statement of [...hot.values()].filter(which)) {
      const plan = await planOf(client, statement);
      if (scans(plan)) found.push(`${statement.text}\n${JSON.stringify(plan, null, 1)}`);
    }
    return found;
  } finally {
    await client.end();
  }
}

/** A connection that plans as the service's connections do. */
async function connectedAsService(): Promise<Client> {
  const { onConnect } = dataSource.options.extra as { onConnect: (client: Client) => Promise<void> };
  const client = await connected(database.url);
  await onConnect(client);
  return client;
}

async function planOf(client: Client, { text, values, prepared }: SentStatement): Promise<PlanNode> {
  const explain = async (statement: string, parameters: readonly unknown[] = []) => {
    const { rows } = await client.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
      `EXPLAIN (FORMAT JSON) ${statement}`,
      [...parameters],
    );
    return rows[0]['QUERY PLAN'][0].Plan;
  };
  if (!prepared) return explain(text, values);
  await client.query(`PREPARE asked AS ${text}`);
  try {
    // The values do not matter: a plan that is kept is made without them.
    return await explain(`EXECUTE asked(${values.map(() => 'NULL').join()})`);
  } finally {
    await client.query('DEALLOCATE asked');
  }
}

function scans(node: PlanNode): boolean {
  const isScan = node['Node Type'].endsWith('Scan') && HOT.includes(node['Relation Name'] ?? '');
  const isKeyed = node['Index Cond'] !== undefined || /^(Tid|Bitmap Heap) Scan$/.test(node['Node Type']);
  const sortsForLimit = node['Node Type'] === 'Limit' && node.Plans?.[0]['Node Type'] === 'Sort';
  return (isScan && !isKeyed) || sortsForLimit || (node.Plans ?? []).some(scans);
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

test('no hot statement scans a table of a fresh database', async () => {
  await work();
  expect(await scanning()).toEqual([]);
});

test('no hot statement scans a table along a plan of when PostgreSQL believed that it was empty', async () => {
  await query(database.url, 'VACUUM ANALYZE');
  await work();
  expect(await scanning(({ prepared }) => prepared)).toEqual([]);
});

test('no hot statement scans a large table', async () => {
  await fill(database.url);
  await work();
  expect(await scanning()).toEqual([]);
});

test('those who wait first are found along their index, and those to whom something is promised along their batches', async () => {
  await fill(database.url);
  await new OutOfStockAttention(dataSource, new BatchFinder(dataSource)).notices(20);
  await new LineFinder(dataSource).promisedLinesOf('sku-1', 101);
  const asked = sent.all.filter(({ text }) => text.includes('FROM view_lines'));
  const client = await connectedAsService();
  const read = [];
  for (const statement of asked)
    for (const node of nodesOf(await planOf(client, statement)))
      if (node['Relation Name'] === 'view_lines') read.push(node['Index Name']);
  await client.end();
  expect(read).toEqual(['view_lines_sku_priority_asked_sequence_idx', 'view_lines_batch_ref_order_id_idx']);
});

test('the list of the SKUs out of stock has one plan, whatever PostgreSQL believes of the tables', async () => {
  const plans: unknown[] = [];
  for (const prepare of ['SELECT', 'VACUUM ANALYZE', 'ANALYZE']) {
    if (prepare === 'ANALYZE') await fill(database.url);
    await query(database.url, prepare);
    await new BatchFinder(dataSource).outOfStock('', 101);
    const asked = sent.all.at(-1)!;
    const client = await connectedAsService();
    const plan = await planOf(client, { ...asked, prepared: true });
    await client.end();
    plans.push(plan.Plans!.map((node) => [node['Node Type'], node['Index Name'], node['Index Cond']]));
  }
  expect(plans).toEqual(
    Array(3).fill([
      ['Index Only Scan', 'products_out_of_stock', '(ROW(is_out_of_stock, sku) > ROW(true, $1))'],
    ]),
  );
});

test('the movements of a batch are found among all events of its SKU (rule 18)', async () => {
  await query(database.url, 'SELECT extend_log(200000)');
  await query(database.url, `INSERT INTO products (sku, version_number) VALUES ('sku-1', 100000)`);
  await query(
    database.url,
    `INSERT INTO batches (reference, sku, purchased_quantity, allocated_quantity, position, sequence)
     SELECT 'b-' || n, 'sku-1', 1000, 0, n, n FROM generate_series(1, 100) n`,
  );
  await query(
    database.url,
    `INSERT INTO log (position, id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data)
     SELECT n, gen_random_uuid(), CASE WHEN n <= 100 THEN 'BatchCreated' ELSE 'Allocated' END, 1, 'sku-1', n, now(), 'c', 'c',
       jsonb_build_object('batchRef', 'b-' || ((n - 1) % 100 + 1), 'qty', 1000) FROM generate_series(1, 100000) n`,
  );
  for (const prepare of ['SELECT', 'ANALYZE']) {
    await query(database.url, prepare);
    const page = await new MovementFinder(dataSource).ofBatch({ sku: 'sku-1', ref: 'b-1' }, 100_000, 101);
    expect(page).toHaveLength(1);
    const asked = [sent.all.at(-1)!];
    await verify(new Sql(dataSource));
    asked.push(sent.all.find(({ text }) => text.includes(`data->>'previousQty'`))!);
    const client = await connectedAsService();
    for (const statement of asked) {
      const filtered = nodesOf(await planOf(client, statement)).filter(
        ({ 'Relation Name': table = '', Filter = '' }) =>
          table.startsWith('log_') && Filter.includes('batchRef'),
      );
      expect(filtered).toEqual([]);
    }
    await client.end();
  }
});

test('counters change within their page, and no index with them', async () => {
  await fill(database.url);
  const [, , counts] = await dataSource.transaction(async (manager) => [
    await manager.query(
      'UPDATE products SET available = available - 1, version_number = 121, counted_version = 121 WHERE sku < $1',
      ['sku-2'],
    ),
    await manager.query('UPDATE batches SET allocated_quantity = allocated_quantity + 1 WHERE sku < $1', [
      'sku-2',
    ]),
    await manager.query(
      `SELECT relname, n_tup_upd > 0 AS updated, n_tup_upd = n_tup_hot_upd AS all_hot
       FROM pg_stat_xact_user_tables WHERE relname IN ('products', 'batches') ORDER BY relname`,
    ),
  ]);
  expect(counts).toEqual([
    { relname: 'batches', updated: true, all_hot: true },
    { relname: 'products', updated: true, all_hot: true },
  ]);
});

/** 1,000 SKUs of 20 batches, 100,000 lines, and what belongs to them. */
async function fill(url: string): Promise<void> {
  await query(
    url,
    `INSERT INTO products SELECT 'sku-' || n, 120, 20 * 995, 120 FROM generate_series(1, 1000) n`,
  );
  await query(
    url,
    `INSERT INTO batches (reference, sku, purchased_quantity, allocated_quantity, eta, position, sequence)
     SELECT 'b-' || s || '-' || b, 'sku-' || s, 1000, 5, '2031-01-01'::date + b, b, 120
     FROM generate_series(1, 1000) s, generate_series(1, 20) b`,
  );
  await query(
    url,
    `INSERT INTO allocations (sku, order_id, qty, batch_reference, position)
     SELECT 'sku-' || s, 'o-' || o, 1, 'b-' || s || '-' || (o % 20 + 1), 20 + o
     FROM generate_series(1, 1000) s, generate_series(1, 100) o`,
  );
  await query(
    url,
    `INSERT INTO view_lines SELECT order_id, sku, qty, 'allocated', batch_reference, NULL, position, now() FROM allocations`,
  );
  await query(
    url,
    `INSERT INTO view_line_sums SELECT 'sku-' || s, state, '2031-01-01', 5, 10, 5
     FROM generate_series(1, 1000) s, unnest(ARRAY['reserved', 'waiting']) state`,
  );
  await query(
    url,
    `INSERT INTO view_batches (ref, sku, eta, position, purchased, purchased_sequence, available, sequence)
     SELECT reference, sku, eta, position, purchased_quantity, position, purchased_quantity - allocated_quantity, sequence FROM batches`,
  );
  await query(
    url,
    `INSERT INTO pending_views SELECT 'sku-' || s, n FROM generate_series(1, 1000) s, generate_series(1, 100) n`,
  );
  await query(
    url,
    'INSERT INTO expected_batches (ref, sku, eta, sequence) SELECT reference, sku, eta, sequence FROM batches',
  );
  await query(url, 'ANALYZE');
}
