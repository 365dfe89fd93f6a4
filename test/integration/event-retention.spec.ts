import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { loadConfig } from '../../src/app.module';
import { connect } from '../../src/database/data-source';
import { Sql } from '../../src/database/sql';
import { type ArchivedEvent, LogSequencer, readArchive, Readers, readLog } from '../../src/log/contracts';
import { EventRetention } from '../../src/log/event-retention';
import { Retention } from '../../src/retention/contracts';
import { record, recordOld } from '../support/aged-log';
import { captureLog } from '../support/captured-log';
import { number } from '../support/numbered';
import { rewriteLog } from '../support/parts-of-log';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const OLD = 5;
const log = captureLog();
let database: TestDatabase;
let dataSource: DataSource;
let folder: string;

beforeEach(async () => {
  database = await createTestDatabase();
  dataSource = await connect(database.url);
  folder = await mkdtemp(join(tmpdir(), 'archive-'));
  await recordOld(dataSource, OLD, 91);
  log.length = 0;
});
afterEach(async () => {
  await dataSource.destroy();
  await database.drop();
  await rm(folder, { recursive: true });
});

function retention(settings: NodeJS.ProcessEnv = {}): Retention {
  const all = new Retention(dataSource);
  new EventRetention(dataSource, new Readers(dataSource), all, loadConfig(settings));
  return all;
}
const positions = async () =>
  (await readLog(new Sql(dataSource), 0, 100)).events.map(({ position }) => position);
const unseen = (name: string, days: number) =>
  dataSource.query(
    `UPDATE readers SET position = 2, seen_at = now() - $2 * interval '1 day' WHERE name = $1`,
    [name, days],
  );

test('promise 6: events go by whole parts once they are old enough, and the log goes on', async () => {
  await record(dataSource, OLD + 1);
  await number(dataSource);
  expect(await retention().removeDue()).toBe('more');
  expect(await positions()).toEqual([6]);
  expect(await dataSource.query('SELECT count(*)::int AS parts FROM pg_inherits')).not.toEqual([
    { parts: 0 },
  ]);
  await record(dataSource, OLD + 2);
  await number(dataSource);
  expect(await positions()).toEqual([6, 7]);
});

test('events stay that are younger, or that are kept for ever', async () => {
  expect(await retention({ EVENT_RETENTION_DAYS: '92' }).removeDue()).toBe('done');
  expect(await retention({ EVENT_RETENTION_DAYS: 'forever' }).removeDue()).toBeUndefined();
  expect(await positions()).toHaveLength(OLD);
});

test('a part stays until it is full, however old its events are', async () => {
  await rewriteLog(dataSource, 100);
  expect(await retention().removeDue()).toBe('done');
  expect(await positions()).toHaveLength(OLD);
});

test('events wait for every reader, which the log tells once', async () => {
  await unseen('stock-alerts', 89);
  const rule = retention();
  expect(await rule.removeDue()).toBe('done');
  await dueAgain();
  expect(await rule.removeDue()).toBe('done');
  expect(await positions()).toHaveLength(OLD);
  expect(log.filter((line) => line.includes('kept for longer'))).toEqual([
    expect.stringContaining('for stock-alerts'),
  ]);
  await dataSource.query('UPDATE readers SET position = $1', [OLD]);
  await dueAgain();
  expect(await rule.removeDue()).toBe('more');
});

test('a handler that no instance has had for so long is removed, with a line in the log', async () => {
  await unseen('stock-alerts', 91);
  expect(await retention().removeDue()).toBe('more');
  expect(await positions()).toEqual([]);
  expect(await dataSource.query('SELECT name FROM readers')).toEqual([{ name: 'views' }]);
  expect(log).toContainEqual(expect.stringContaining('Removed the reader stock-alerts'));
});

test('a handler whose instance comes back just when it is to be removed stays, and is waited for', async () => {
  await unseen('stock-alerts', 91);
  const remove = jest.spyOn(Readers.prototype, 'remove').mockImplementationOnce(async (...args) => {
    remove.mockRestore();
    const readers = new Readers(dataSource);
    await readers.register('stock-alerts', 'handler', 'now');
    return readers.remove(...args);
  });
  expect(await retention().removeDue()).toBe('done');
  expect(await positions()).toHaveLength(OLD);
  expect(await dataSource.query('SELECT name FROM readers ORDER BY 1')).toEqual([
    { name: 'stock-alerts' },
    { name: 'views' },
  ]);
});

test('a handler that holds nothing back stays, however long it is away', async () => {
  await unseen('stock-alerts', 400);
  await dataSource.query('UPDATE readers SET position = $1', [OLD]);
  expect(await retention().removeDue()).toBe('more');
  expect(await dataSource.query('SELECT FROM readers')).toHaveLength(2);
});

test('events wait for their redelivery, but not to a reader that is gone', async () => {
  await dataSource.query(
    `INSERT INTO redeliveries (reader, sku, sequence, attempts, error, next_attempt_at)
     VALUES ('views', 'LAMP', $1, 1, 'failed', now())`,
    [OLD],
  );
  expect(await retention().removeDue()).toBe('done');
  expect(log).toContainEqual(expect.stringContaining('delivered again'));
  await dataSource.query(`UPDATE readers SET seen_at = now() - interval '91 days'`);
  await dueAgain();
  expect(await retention().removeDue()).toBe('more');
});

test('events that an older version of the service passed wait for the newer one, but not for a reader that is gone (promise 3)', async () => {
  await dataSource.query(
    `INSERT INTO skipped_events (reader, type, first_position, last_position) VALUES ('views', 'Teleported', $1, 100)`,
    [OLD],
  );
  expect(await retention().removeDue()).toBe('done');
  expect(await positions()).toHaveLength(OLD);
  await dataSource.query(`UPDATE readers SET seen_at = now() - interval '91 days'`);
  await dueAgain();
  expect(await retention().removeDue()).toBe('more');
});

test('who reads the log is not held up, and the part goes afterwards', async () => {
  const reader = dataSource.createQueryRunner();
  await reader.startTransaction();
  await reader.query('SELECT FROM log LIMIT 1');
  expect(await retention().removeDue()).toBe('locked');
  expect(await positions()).toHaveLength(OLD);
  await reader.commitTransaction();
  await reader.release();
  await dueAgain();
  expect(await retention().removeDue()).toBe('more');
});

test('who numbers events is not held up by somebody who reads the log', async () => {
  const reader = dataSource.createQueryRunner();
  await reader.startTransaction();
  await reader.query('SELECT FROM log LIMIT 1');
  await record(dataSource, OLD + 1);
  const dropping = retention().removeDue();
  const sequencer = new LogSequencer(dataSource);
  while ((await sequencer.number()) === 0);
  await dropping;
  await reader.rollbackTransaction();
  await reader.release();
});

describe('with EVENT_ARCHIVE_DIR', () => {
  const archived = async () => {
    const events: ArchivedEvent[] = [];
    for await (const event of readArchive(folder)) events.push(event);
    return events;
  };

  test('events are in the archive before they go', async () => {
    const [{ id }] = (await readLog(new Sql(dataSource), 0, 1)).events;
    const rule = retention({ EVENT_ARCHIVE_DIR: folder });
    expect(await rule.removeDue()).toBe('more');
    expect(await positions()).toHaveLength(OLD);
    await dueAgain();
    expect(await rule.removeDue()).toBe('more');
    expect(await positions()).toEqual([]);
    expect(await archived()).toHaveLength(OLD);
    expect((await archived())[0]).toMatchObject({
      position: 1,
      id,
      sku: 'LAMP',
      sequence: 1,
      type: 'OutOfStock',
    });
  });

  test('events stay while they cannot be archived, and the log says why', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const rule = retention({ EVENT_ARCHIVE_DIR: file });
    expect(await rule.removeDue()).toBe('locked');
    expect(await positions()).toHaveLength(OLD);
    expect(log).toContainEqual(expect.stringContaining('Could not remove what is no longer kept of events'));
    expect(await readdir(folder)).toEqual(['file']);
  });
});

async function dueAgain(): Promise<void> {
  await dataSource.query('UPDATE retention SET due_at = now()');
}
