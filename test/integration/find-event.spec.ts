import type { DataSource } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { createDataSource } from '../../src/database/data-source';
import { Sql } from '../../src/database/sql';
import { findEvent, positionBefore } from '../../src/log/contracts';
import { number } from '../support/numbered';
import { SentStatements } from '../support/sent-statements';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const EVENTS = 3_000;
/** Between one event and the next, in milliseconds. */
const APART = 700;
const FIRST = Date.UTC(2030, 0, 1);
const timeOf = (position: number) => FIRST + (position - 1) * APART;

let database: TestDatabase;
let dataSource: DataSource;
let sql: Sql;
const ids = Array.from({ length: EVENTS }, (_, index) => uuid({ msecs: timeOf(index + 1) }));

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await createDataSource(database.url).initialize();
  sql = new Sql(dataSource);
  await dataSource.query(
    `INSERT INTO outbox (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data)
     SELECT id, 'OutOfStock', 2, 'LAMP', n, $2::timestamptz + n * $3::float8 * interval '1 ms', 'c', 'c', '{}'
     FROM unnest($1::uuid[]) WITH ORDINALITY AS event (id, n)`,
    [ids, new Date(FIRST - APART), APART],
  );
  await number(dataSource);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

test.each([1, 2, 1_234, EVENTS])(
  'event %i of many is found by its id, with one statement',
  async (position) => {
    const sent = new SentStatements();
    const found = await findEvent(sql, ids[position - 1]);
    sent.stop();
    expect(found).toMatchObject({ id: ids[position - 1], position });
    expect(sent.all.filter(({ text }) => /FROM log/.test(text)).length).toBe(1);
  },
);

test('an event that was numbered seconds after it was made is found, too', async () => {
  await dataSource.query(`UPDATE log SET occurred_at = occurred_at + interval '8 s' WHERE position = 2000`);
  expect(await findEvent(sql, ids[1_999])).toMatchObject({ position: 2_000 });
});

test.each([
  ['from before the first', uuid({ msecs: FIRST - 3_600_000 })],
  ['from after the last', uuid({ msecs: timeOf(EVENTS) + 3_600_000 })],
  ['from among them', uuid({ msecs: timeOf(500) })],
  ['of another kind', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
])('an id %s that no event has finds none', async (_, id) => {
  expect(await findEvent(sql, id)).toBeUndefined();
});

test('the last event before a time is found, within the positions that are looked at', async () => {
  const of = (time: number, first = 1, last = EVENTS) => positionBefore(sql, time, first, last);
  expect(await of(FIRST)).toBe(0);
  expect(await of(FIRST + 1)).toBe(1);
  expect(await of(timeOf(1_500))).toBe(1_499);
  expect(await of(timeOf(EVENTS) + 1)).toBe(EVENTS);
  expect(await of(timeOf(1_500), 1_600)).toBe(1_599);
  expect(await of(timeOf(1_500), 1, 1_000)).toBe(1_000);
  expect(await of(FIRST, 1, 0)).toBe(0);
});

test('each step of the search for an event goes along the index of positions', async () => {
  const sent = new SentStatements();
  await findEvent(sql, ids[1_234]);
  await positionBefore(sql, timeOf(1_500), 1, EVENTS);
  sent.stop();
  expect(sent.all.length).toBeGreaterThanOrEqual(2);
  await dataSource.query('ANALYZE');
  for (const { text, values } of sent.all.filter((statement) => /FROM log/.test(statement.text))) {
    const rows: { 'QUERY PLAN': string }[] = await dataSource.query(`EXPLAIN ${text}`, [...values]);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    const scans = plan.match(/\w+ Scan.* on log_\d.*\n.*/g)!;
    expect(scans.length).toBeGreaterThan(0);
    expect(scans.filter((scan) => !/^Index Scan[^]*Index Cond: \(+"?position"? >/.test(scan))).toEqual([]);
  }
});
