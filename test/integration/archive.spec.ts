import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { DataSource } from 'typeorm';
import { connect } from '../../src/database/data-source';
import { Sql } from '../../src/database/sql';
import { Archive, type ArchivedEvent, type ArchiveFilter, readArchive } from '../../src/log/contracts';
import { record, recordOld } from '../support/aged-log';
import { stockAllocation } from '../support/command-line';
import { number } from '../support/numbered';
import { dropLog } from '../support/parts-of-log';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const EVENTS = 7;
let database: TestDatabase;
let dataSource: DataSource;
let folder: string;

beforeEach(async () => {
  database = await createTestDatabase();
  dataSource = await connect(database.url);
  folder = await mkdtemp(join(tmpdir(), 'archive-'));
  await recordOld(dataSource, EVENTS, 10);
});
afterEach(async () => {
  await dataSource.destroy();
  await database.drop();
  await rm(folder, { recursive: true });
});

const names = async () => (await readdir(folder)).toSorted();
const nameOf = (first: number, last: number) =>
  `events-${String(first).padStart(15, '0')}-${String(last).padStart(15, '0')}.ndjson.gz`;
async function read(filter?: ArchiveFilter): Promise<ArchivedEvent[]> {
  const events: ArchivedEvent[] = [];
  for await (const event of readArchive(folder, filter)) events.push(event);
  return events;
}
const positions = async (filter?: ArchiveFilter) => (await read(filter)).map(({ position }) => position);
/** Archives what there is, in files of so many events. */
async function archive(upTo = EVENTS, most = 3): Promise<number> {
  const open = await Archive.open(new Sql(dataSource), folder);
  let missed = 0;
  for (let file; (file = await open.writeNext(upTo, most));) missed += file.missed;
  return missed;
}

test('an archive has every event as it was stored, in files named by its positions', async () => {
  await archive();
  expect(await names()).toEqual([nameOf(1, 3), nameOf(4, 6), nameOf(7, 7)]);
  const rows = await dataSource.query<Record<string, unknown>[]>(
    `SELECT position::int, id, type, schema_version AS "schemaVersion", sku, sequence::int, occurred_at AS "occurredAt",
       correlation_id AS "correlationId", causation_id AS "causationId", traceparent, key_id AS "keyId", data FROM log ORDER BY position`,
  );
  expect((await read()).map((event) => ({ ...event, occurredAt: new Date(event.occurredAt) }))).toEqual(rows);
  const lines = gunzipSync(await readFile(join(folder, nameOf(1, 3))))
    .toString()
    .split('\n');
  expect(lines).toHaveLength(4);
  expect(JSON.parse(lines[0])).toMatchObject({ position: 1, occurredAt: expect.stringMatching(/\.\d{6}Z$/) });
});

test('an archive goes on where it ended, and has no file that was interrupted', async () => {
  const broken = failingAfter(new Sql(dataSource), 3);
  const open = await Archive.open(broken, folder);
  await open.writeNext(EVENTS, 3);
  await expect(open.writeNext(EVENTS, 3)).rejects.toThrow('connection lost');
  expect(await names()).toEqual([nameOf(1, 3)]);
  await writeFile(join(folder, 'notes.txt'), 'of somebody else');
  await archive();
  expect(await positions()).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('what is left in an archive of a file over which somebody was killed goes after a while', async () => {
  const [old, young] = [1, 2].map((pid) => `${nameOf(1, 3)}.${pid}.tmp`);
  for (const name of [old, young]) await writeFile(join(folder, name), 'half of it');
  const hoursAgo = new Date(Date.now() - 2 * 3_600_000);
  await utimes(join(folder, old), hoursAgo, hoursAgo);
  await archive();
  expect(await names()).toEqual([nameOf(1, 3), young, nameOf(4, 6), nameOf(7, 7)]);
});

test('what two instances write to an archive at the same time is read once', async () => {
  await archive(5, 5);
  const other = await Archive.open(new Sql(dataSource), folder);
  await archive(7, 2);
  await other.writeNext(7, 1);
  await other.writeNext(7, 1);
  expect(await names()).toEqual([nameOf(1, 5), nameOf(6, 6), nameOf(6, 7), nameOf(7, 7)]);
  expect(await positions()).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('an archive counts the events that went before they were archived', async () => {
  await archive(2);
  await dropLog(dataSource, EVENTS);
  await record(dataSource, EVENTS + 1);
  await number(dataSource);
  expect(await archive(EVENTS + 1)).toBe(EVENTS - 2);
  expect(await positions()).toEqual([1, 2, EVENTS + 1]);
});

test('an archive has no file whose events went while it was written', async () => {
  let dropped = false;
  const sql = new Sql(dataSource);
  const rows = sql.rows.bind(sql);
  sql.rows = async (text, values) => {
    if (text.includes('string_agg') && !dropped) {
      dropped = true;
      await dropLog(dataSource, EVENTS);
    }
    return rows(text, values);
  };
  const open = await Archive.open(sql, folder);
  await expect(open.writeNext(EVENTS)).rejects.toThrow('lacks the event at position 1');
  expect(await names()).toEqual([]);
});

test.each([
  ['another database', 'UPDATE log SET id = gen_random_uuid()'],
  [
    'this database before it was restored',
    'DELETE FROM log WHERE position > 3',
    'UPDATE log_head SET position = 3',
  ],
])('the archive of %s is refused', async (_, ...changes) => {
  await archive();
  for (const change of changes) await dataSource.query(change);
  await expect(Archive.open(new Sql(dataSource), folder)).rejects.toThrow('choose another folder');
});

test('a file of an archive that is cut off or damaged is named', async () => {
  await archive();
  const path = join(folder, nameOf(4, 6));
  const whole = await readFile(path);
  await truncate(path, whole.length - 10);
  await expect(read()).rejects.toThrow(`${path} cannot be read`);
  whole[whole.length - 6] ^= 1;
  await writeFile(path, whole);
  await expect(read()).rejects.toThrow(`${path} cannot be read`);
});

test('events are read back from an archive by SKU, type and time', async () => {
  await archive();
  const since = new Date((await read())[4].occurredAt);
  expect(await positions({ since })).toEqual([5, 6, 7]);
  expect(await positions({ skus: ['LAMP'], types: ['OutOfStock'] })).toHaveLength(EVENTS);
  expect(await positions({ skus: ['CHAIR'] })).toEqual([]);
  expect(await positions({ types: ['Allocated'] })).toEqual([]);
});

test('the command line archives events and reads them back', async () => {
  const run = (...args: string[]) => stockAllocation(args, { DATABASE_URL: database.url });
  expect(await run('archive', folder)).toMatchObject({
    code: 0,
    stdout: `${join(folder, nameOf(1, EVENTS))}\n${EVENTS} events archived\n`,
  });
  expect((await run('archive', folder)).stdout).toBe('0 events archived\n');
  const { code, stdout } = await run('archive', 'read', folder, '--sku', 'LAMP', '--type', 'OutOfStock');
  const lines = stdout.trimEnd().split('\n');
  expect([code, lines.length]).toEqual([0, EVENTS]);
  expect(JSON.parse(lines[0])).toMatchObject({ position: 1, type: 'OutOfStock', sku: 'LAMP' });
  expect(await run('archive', 'read', folder, '--since', 'soon')).toMatchObject({
    code: 2,
    stderr: 'error: --since is no time: soon\n',
  });
  expect((await run('archive', 'read', join(folder, 'missing'))).code).toBe(2);
});

/** A database whose connection is lost after so many statements. */
function failingAfter(sql: Sql, statements: number): Sql {
  let sent = 0;
  const rows = sql.rows.bind(sql);
  sql.rows = (text, values) =>
    (sent += 1) > statements ? Promise.reject(new Error('connection lost')) : rows(text, values);
  return sql;
}
