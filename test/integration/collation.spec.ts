import { DataSource } from 'typeorm';
import { connect } from '../../src/database/data-source';
import { Sql } from '../../src/database/sql';
import type { Page } from '../../src/http/requests/page';
import { type ExportKind, exportRows } from '../../src/views/maintenance/exports';
import { rebuildView, viewNames } from '../../src/views/maintenance/rebuild';
import { HttpApp } from '../support/http-app';
import { query } from '../support/sql';
import {
  createDatabaseBefore,
  createEmptyDatabase,
  migrate,
  type TestDatabase,
} from '../support/test-database';
import { until } from '../support/until';

/** In the order of their bytes, which is that of no language. */
const KEYS = ['Z', '_', 'a', 'a-b', 'aB', 'ab', 'a–b', 'b', 'Ä', 'ß', 'ﬁ', '🛋'];

/** A database with the order of a language; before version 15 with whatever order the server has. */
async function createDatabaseOfLanguage(): Promise<TestDatabase> {
  const [{ version }] = await query(
    process.env.TEST_SERVER_URL!,
    `SELECT current_setting('server_version_num')::int AS version`,
  );
  if (Number(version) < 150_000) return createEmptyDatabase();
  const database = await createEmptyDatabase(
    `TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'und' LC_COLLATE 'C' LC_CTYPE 'C'`,
  );
  const [{ sorted }] = await query(
    database.url,
    `SELECT array_agg(key ORDER BY key) AS sorted FROM unnest('{${KEYS.join()}}'::text[]) AS key`,
  );
  // Otherwise the test would show nothing.
  expect(sorted).not.toEqual(KEYS);
  return database;
}

/** Text in an index that compares in another way than by bytes. */
const UNLIKE_BYTES = `
  SELECT i.indrelid::regclass || '.' || a.attname AS key
  FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indexrelid
  WHERE a.attcollation <> 0 AND a.attcollation <> '"C"'::regcollation
    AND i.indrelid::regclass::text NOT LIKE 'pg_%' AND i.indrelid::regclass::text NOT LIKE '%.%'`;

describe('on a database with the order of a language', () => {
  let database: TestDatabase;
  let service: HttpApp;

  beforeAll(async () => {
    database = await createDatabaseOfLanguage();
    await migrate(database.url);
    service = await HttpApp.start(async () => database.url);
    for (const key of KEYS.toReversed()) {
      await service.post('/v1/batches', { ref: `batch-${key}`, sku: key, qty: 1 });
      await service.post('/v1/allocations', { orderId: 'order', sku: key, qty: 1 });
    }
    await service.post('/v1/batches', { ref: 'all', sku: 'one', qty: 100 });
    for (const key of KEYS.toReversed()) {
      await service.post('/v1/allocations', { orderId: key, sku: 'one', qty: 1 });
    }
  });
  afterAll(async () => {
    await service.stop();
    await database.drop();
  });

  /** All items of a list, three at a time. */
  async function paged(path: string): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    let after = '';
    do {
      const page = (await service.get(`${path}?limit=3${after}`)).json<Page<Record<string, unknown>>>();
      items.push(...page.items);
      after = page.next === null ? '' : `&after=${page.next}`;
    } while (after);
    return items;
  }

  test('every key column compares byte by byte', async () => {
    expect(await query(database.url, UNLIKE_BYTES)).toEqual([]);
  });

  test('lists go byte by byte, page by page', async () => {
    expect((await paged('/v1/out-of-stock')).map(({ sku }) => sku)).toEqual(KEYS);
    expect((await paged('/v1/batches/all/allocations')).map(({ orderId }) => orderId)).toEqual(KEYS);
  });

  test('the lines of an order go byte by byte', async () => {
    const { lines } = (await service.get('/v1/allocations/order')).json();
    expect(lines.map(({ sku }: { sku: string }) => sku)).toEqual(KEYS);
  });

  test('exports go byte by byte', async () => {
    const source = service.app.get(DataSource);
    const rows = async (kind: ExportKind) => {
      const all: Record<string, unknown>[] = [];
      for await (const row of exportRows(new Sql(source), kind)) all.push(row);
      return all;
    };
    expect((await rows('batches')).map((batch) => batch.ref)).toEqual([
      'all',
      ...KEYS.map((key) => `batch-${key}`),
    ]);
    const lines = (await rows('allocations')).filter(({ orderid }) => orderid === 'order');
    expect(lines.map(({ sku }) => sku)).toEqual(KEYS);
  });

  test('a view that was made anew compares byte by byte', async () => {
    for (const view of viewNames) await rebuildView(new Sql(service.app.get(DataSource)), view);
    expect(await query(database.url, UNLIKE_BYTES)).toEqual([]);
    expect((await paged('/v1/batches/all/allocations')).map(({ orderId }) => orderId)).toEqual(KEYS);
  });
});

test('connections of instances that run while keys get their order are made anew', async () => {
  const database = await createDatabaseBefore('KeyCollation1790000005000');
  const instance = await connect(database.url);
  try {
    // A statement that was prepared is refused for ever once the collation of its results is another one.
    const prepared = new Sql(instance, { isPrepared: true });
    const skus = () => prepared.rows('SELECT sku FROM products');
    expect(await skus()).toEqual([]);
    await migrate(database.url);
    await until(async () => (await skus().catch(() => undefined)) !== undefined);
    expect(await query(database.url, UNLIKE_BYTES)).toEqual([]);
  } finally {
    await instance.destroy();
    await database.drop();
  }
});
