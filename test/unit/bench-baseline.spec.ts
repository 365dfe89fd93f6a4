import { Client } from 'pg';
import { leanStatement, queuedStatement, singleStatement } from '../../bench/baseline';
import { type Stock, stockUp } from '../../bench/stock';
import { auditWriteModel } from '../support/audit';
import { query } from '../support/sql';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

let database: TestDatabase;
beforeEach(async () => (database = await createTestDatabase()));
afterEach(() => database.drop());

async function stocked(stock: Stock): Promise<void> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await stockUp(client, stock).finally(() => client.end());
}

/** Lets so many clients allocate lines of one piece until each has been told that there is no more. */
async function sellOut(sku: string, clients: number, statement = singleStatement): Promise<number> {
  const target = await statement.start(database.url, clients);
  let sold = 0;
  const allocate = async (client: (typeof target.clients)[number], name: number) => {
    for (let order = 1; ; order += 1) {
      await client({ orderId: `${name}-${order}`, sku, qty: 1 });
      sold += 1;
    }
  };
  const ends = await Promise.allSettled(target.clients.map(allocate));
  await target.stop();
  for (const end of ends) expect(String((end as PromiseRejectedResult).reason)).toContain('out of stock');
  return sold;
}

test('stock that is written passes the audit of the write model, and is in the views', async () => {
  await stocked({ skus: ['a', 'b'], batchesPerSku: 8, linesPerBatch: 3, freePerBatch: 2 });
  expect(await auditWriteModel(database.url)).toEqual([]);
  const [counts] = await query(
    database.url,
    `SELECT (SELECT count(*)::int FROM allocations) AS lines, (SELECT count(*)::int FROM view_lines) AS line_views,
            (SELECT sum(available)::int FROM view_batches) AS available,
            (SELECT count(*)::int FROM batches WHERE eta IS NULL) AS in_warehouse`,
  );
  expect(counts).toEqual({ lines: 48, line_views: 48, available: 32, in_warehouse: 4 });
});

test.each([singleStatement, queuedStatement, leanStatement])(
  '$name sells exactly what is there to clients that race for it',
  async (statement) => {
    await stocked({ skus: ['hot'], batchesPerSku: 5, freePerBatch: 20 });
    expect(await sellOut('hot', 16, statement)).toBe(100);
    expect(await auditWriteModel(database.url)).toEqual([]);
  },
);

test('the single statement serves from the warehouse first, then by day of arrival', async () => {
  await stocked({ skus: ['lamp'], batchesPerSku: 5, freePerBatch: 2 });
  await sellOut('lamp', 1);
  const sold = await query(
    database.url,
    'SELECT DISTINCT ON (batch_reference) batch_reference AS ref, position FROM allocations ORDER BY 1, 2',
  );
  sold.sort((a, b) => Number(a.position) - Number(b.position));
  expect(sold.map((batch) => batch.ref)).toEqual([1, 2, 3, 4, 5].map((number) => `lamp-batch-${number}`));
});

test('the single statement writes what the views show', async () => {
  await stocked({ skus: ['lamp'], batchesPerSku: 3, freePerBatch: 2 });
  await sellOut('lamp', 1);
  const differences = await query(
    database.url,
    `SELECT order_id FROM allocations FULL JOIN view_lines USING (sku, order_id)
     WHERE view_lines.state = 'allocated' AND (allocations.qty, batch_reference, position) IS DISTINCT FROM (view_lines.qty, batch_ref, sequence)
     UNION ALL
     SELECT reference FROM batches FULL JOIN view_batches ON ref = reference
     WHERE (purchased_quantity - allocated_quantity, batches.sequence) IS DISTINCT FROM (available, view_batches.sequence)`,
  );
  expect(differences).toEqual([]);
});
