import { auditWriteModel } from '../support/audit';
import { query } from '../support/sql';
import {
  createDatabaseBefore,
  createTestDatabase,
  migrate,
  type TestDatabase,
} from '../support/test-database';

/** What the version before wrote, and goes on writing beside this one while the upgrade rolls. */
const stock = (sku: string) => [
  `INSERT INTO products (sku, version_number) VALUES ('${sku}', 2)`,
  `INSERT INTO batches (reference, sku, purchased_quantity, allocated_quantity, eta, position, sequence)
   VALUES ('${sku}-1', '${sku}', 10, 0, NULL, 1, 1), ('${sku}-2', '${sku}', 5, 0, '2031-01-01', 2, 2)`,
  `INSERT INTO outbox (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data)
   SELECT gen_random_uuid(), 'BatchCreated', 1, sku, position, now(), 'c', 'c',
     jsonb_build_object('sku', sku, 'batchRef', reference, 'qty', purchased_quantity, 'eta', eta)
   FROM batches WHERE sku = '${sku}'`,
];
const line = (sku: string, order: string, qty: number, sequence: number) => [
  `UPDATE products SET version_number = ${sequence} WHERE sku = '${sku}'`,
  `UPDATE batches SET allocated_quantity = allocated_quantity + ${qty}, sequence = ${sequence} WHERE reference = '${sku}-1'`,
  `INSERT INTO allocations (sku, order_id, qty, batch_reference, position) VALUES ('${sku}', '${order}', ${qty}, '${sku}-1', ${sequence})`,
  `INSERT INTO outbox (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data)
   VALUES (gen_random_uuid(), 'Allocated', 2, '${sku}', ${sequence}, now(), 'c', 'c',
     '{"sku": "${sku}", "orderId": "${order}", "qty": ${qty}, "batchRef": "${sku}-1", "eta": null, "available": 0}')`,
];

let database: TestDatabase;
afterEach(() => database.drop());

/** In one transaction. */
const write = (...statements: readonly string[]) => query(database.url, statements.join(';'));
const products = () =>
  query(database.url, 'SELECT sku, available::int, is_out_of_stock FROM products ORDER BY sku');

const created = () =>
  query(
    database.url,
    `SELECT reference, created_quantity || ', ' || coalesce(created_eta::text, 'null') AS created
     FROM batches ORDER BY reference`,
  );

test('the upgrade counts what each product has left', async () => {
  database = await createDatabaseBefore('Available1790000006000');
  await write(...stock('CHAIR'), ...line('CHAIR', 'o1', 4, 3));
  await write(...stock('TABLE'), `UPDATE batches SET purchased_quantity = 0 WHERE sku = 'TABLE'`);

  await migrate(database.url);

  expect(await products()).toEqual([
    { sku: 'CHAIR', available: 11, is_out_of_stock: false },
    { sku: 'TABLE', available: 0, is_out_of_stock: true },
  ]);
  expect(await auditWriteModel(database.url)).toEqual([]);
});

test('the upgrade remembers with what each batch was created', async () => {
  database = await createDatabaseBefore('BatchContent1790000006100');
  await write(
    ...stock('CHAIR'),
    `UPDATE batches SET purchased_quantity = 3, sequence = 3 WHERE reference = 'CHAIR-2'`,
  );
  // Its event is not kept any more.
  await write(...stock('TABLE'), `DELETE FROM outbox WHERE sku = 'TABLE'`);

  await migrate(database.url);

  expect(await created()).toEqual([
    { reference: 'CHAIR-1', created: '10, null' },
    { reference: 'CHAIR-2', created: '5, 2031-01-01' },
    { reference: 'TABLE-1', created: '10, null' },
    { reference: 'TABLE-2', created: '5, 2031-01-01' },
  ]);
});

test('the upgrade remembers when each line was allocated, and the time of those that an older instance allocates beside it', async () => {
  database = await createDatabaseBefore('Retention1790000008100');
  await write(...stock('CHAIR'), ...line('CHAIR', 'o1', 4, 3));
  await write(`UPDATE outbox SET occurred_at = '2026-01-01T12:00Z' WHERE type = 'Allocated'`);
  // Its event is not kept any more.
  await write(...stock('TABLE'), ...line('TABLE', 'o2', 4, 3), `DELETE FROM outbox WHERE sku = 'TABLE'`);

  await migrate(database.url);
  await write(...line('CHAIR', 'o3', 1, 4));

  expect(
    await query(
      database.url,
      `SELECT order_id, allocated_at > now() - interval '1 min' AS is_new FROM allocations ORDER BY 1`,
    ),
  ).toEqual([
    { order_id: 'o1', is_new: false },
    { order_id: 'o2', is_new: true },
    { order_id: 'o3', is_new: true },
  ]);
});

test('the upgrade lets each line keep its age, allocated on the terms that all had; also one that an older instance allocates beside it', async () => {
  database = await createDatabaseBefore('Lives1790000010000');
  await write(...stock('CHAIR'), ...line('CHAIR', 'o1', 4, 3));

  await migrate(database.url);
  await write(...line('CHAIR', 'o2', 1, 4));

  const terms = { state: 'allocated', priority: 0, wait: false, expires_at: null };
  expect(
    await query(
      database.url,
      'SELECT order_id, asked_sequence::int AS age, state, priority, wait, expires_at FROM allocations ORDER BY 1',
    ),
  ).toEqual([
    { order_id: 'o1', age: 3, ...terms },
    { order_id: 'o2', age: 4, ...terms },
  ]);
});

test('rule 14: an older instance cannot take back what was dispatched', async () => {
  database = await createTestDatabase();
  await write(...stock('CHAIR'), ...line('CHAIR', 'o1', 4, 3));
  await write(
    `UPDATE allocations SET state = 'dispatched'`,
    `UPDATE batches SET dispatched_quantity = 4 WHERE reference = 'CHAIR-1'`,
  );
  const back = `UPDATE batches SET allocated_quantity = allocated_quantity - 4 WHERE reference = 'CHAIR-1'`;
  await expect(write(back)).rejects.toThrow('batches_check');
});

test('a batch that an older instance creates beside this version remembers it as well', async () => {
  database = await createTestDatabase();
  await write(...stock('CHAIR'));
  await write(`UPDATE batches SET purchased_quantity = 3 WHERE reference = 'CHAIR-2'`);
  expect(await created()).toEqual([
    { reference: 'CHAIR-1', created: '10, null' },
    { reference: 'CHAIR-2', created: '5, 2031-01-01' },
  ]);
});

test('what an older instance writes beside this version is counted as well', async () => {
  database = await createTestDatabase();
  await write(...stock('CHAIR'));
  expect(await products()).toEqual([{ sku: 'CHAIR', available: 15, is_out_of_stock: false }]);
  await write(...line('CHAIR', 'o1', 4, 3));
  expect(await products()).toEqual([{ sku: 'CHAIR', available: 11, is_out_of_stock: false }]);
  await write(
    ...line('CHAIR', 'o2', 6, 4),
    `UPDATE batches SET purchased_quantity = 0 WHERE reference = 'CHAIR-2'`,
  );
  expect(await products()).toEqual([{ sku: 'CHAIR', available: 0, is_out_of_stock: true }]);
  expect(await auditWriteModel(database.url)).toEqual([]);
});

test('while this version publishes, what an older instance writes beside it is published from the log alone, in order (promise 5)', async () => {
  database = await createDatabaseBefore('Log1790000008000');
  await write(...stock('CHAIR'), `INSERT INTO readers (name) VALUES ('broker')`);
  await write('INSERT INTO broker_queue SELECT position FROM outbox WHERE sequence = 2');
  await migrate(database.url);
  /** As an older instance does with each of its events. @returns whether it publishes that itself */
  const isQueued = async (position: number) => {
    await write(`INSERT INTO broker_queue (position) VALUES (${position})`);
    return (await query(database.url, `SELECT FROM broker_queue WHERE position = ${position}`)).length === 1;
  };
  // What was queued before has not been published yet.
  expect(await isQueued(3)).toBe(false);
  await write(`UPDATE readers SET position = 2, held_until = now() + interval '1 h' WHERE name = 'broker'`);
  expect(await isQueued(3)).toBe(false);
  await write(`UPDATE readers SET held_until = NULL WHERE name = 'broker'`);
  expect(await isQueued(3)).toBe(true);
});
