import { DataSource } from 'typeorm';
import { v7 } from 'uuid';
import { dataSourceOptions } from '../../src/database/data-source';
import { Sql } from '../../src/database/sql';
import { handledAmong, noteHandled, subscription } from '../../src/messaging/delivery/handled-events';
import type { RegisteredHandler } from '../../src/messaging/delivery/handler-registry';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

let database: TestDatabase;
let dataSource: DataSource;
let sql: Sql;

beforeEach(async () => {
  database = await createTestDatabase();
  dataSource = await new DataSource(dataSourceOptions(database.url)).initialize();
  sql = new Sql(dataSource);
});
afterEach(async () => {
  await dataSource.destroy();
  await database.drop();
});

const handler = {
  name: 'buyers',
  types: new Set(['Allocated', 'OutOfStock']),
} as unknown as RegisteredHandler;
const subscriptions = new Set([subscription('buyers', 'Allocated'), subscription('buyers', 'OutOfStock')]);

/** Ids that were made at a time, in milliseconds. */
const made = (count: number, msecs: number) => Array.from({ length: count }, () => v7({ msecs }));

test('what was handled is found again, whenever it was made and however much of it was noted at once', async () => {
  const ids = [
    ...made(2_500, 1_000_000_000_999),
    ...made(3, 1_000_000_001_000),
    ...made(1, 2_000_000_000_000),
  ];
  const others = [...made(2_500, 1_000_000_000_999), ...made(1, 2_000_000_000_000)];
  await noteHandled(sql, ids, [handler]);
  const found = await handledAmong(sql, [...others, ...ids]);
  expect(ids.filter((id) => found.get(id)?.length !== 1)).toEqual([]);
  expect(others.filter((id) => found.has(id))).toEqual([]);
  expect(found.get(ids[0])).toEqual([subscriptions]);
});

test('an event that several instances handled has what each of them did', async () => {
  const [id] = made(1, 1_000_000_000_000);
  await noteHandled(sql, [id], [handler]);
  await noteHandled(sql, [id], [{ ...handler, name: 'mail' }]);
  expect((await handledAmong(sql, [id])).get(id)).toHaveLength(2);
});

test('who goes through a large change reads few more than he asks for, also when others were noted with it', async () => {
  const changed = made(20_000, 1_000_000_000_000).sort();
  for (let from = 0; from < changed.length; from += 10_000)
    await noteHandled(
      sql,
      [...changed.slice(from, from + 10_000), ...made(50, 1_000_000_010_000)],
      [handler],
    );
  const found = await handledAmong(sql, changed.slice(9_000, 11_000));
  expect(found.size).toBeGreaterThanOrEqual(2_000);
  expect(found.size).toBeLessThanOrEqual(4_000);
});

test('a row of an earlier version, which goes on into the next second, is found', async () => {
  const [first, last] = [...made(1, 1_000_000_000_999), ...made(1, 1_000_000_001_010)];
  await sql.count('INSERT INTO handled (first_id, last_id, ids, handlers) VALUES ($1, $2, $3::uuid[], $4)', [
    first,
    last,
    [first, last],
    [...subscriptions],
  ]);
  expect([...(await handledAmong(sql, [first])).keys()]).toEqual([first, last]);
  expect([...(await handledAmong(sql, [last])).keys()]).toEqual([first, last]);
});

test('ids of any kind are noted and found', async () => {
  const ids = ['00000000-0000-4000-8000-000000000000', 'fffffffe-ffff-4fff-bfff-ffffffffffff'];
  await noteHandled(sql, ids, [handler]);
  expect([...(await handledAmong(sql, ids)).keys()]).toEqual(ids);
});
