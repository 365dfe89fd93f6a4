import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/database/data-source';
import { Readers } from '../../src/messaging/readers';
import { play } from '../contracts/availability.histories';
import { commit } from '../contracts/availability.log';
import { stockAllocation } from '../support/command-line';
import { RunningService } from '../support/running-service';
import { query } from '../support/sql';
import {
  createDatabaseBefore,
  createTestDatabase,
  migrate,
  type TestDatabase,
} from '../support/test-database';

let database: TestDatabase;
let dataSource: DataSource;
let readers: Readers;

beforeEach(async () => {
  database = await createTestDatabase();
  dataSource = await createDataSource(database.url).initialize();
  readers = new Readers(dataSource);
});
afterEach(async () => {
  await dataSource.destroy();
  await database.drop();
});

const queued = async () => (await dataSource.query<unknown[]>('SELECT FROM broker_queue')).length;
const run = (...args: string[]) => stockAllocation(['readers', ...args], { DATABASE_URL: database.url });

test('events are queued for the broker from its registration on, whoever writes them', async () => {
  await commit(dataSource, play([]));
  expect(await queued()).toBe(0);
  await readers.registerBroker();
  const events = await commit(dataSource, play([]));
  expect(await queued()).toBe(events.length);
  expect(await readers.list()).toEqual([
    { name: 'broker', registeredAt: expect.any(Date), waiting: events.length },
  ]);
});

test('registering a broker again changes nothing', async () => {
  await readers.registerBroker();
  const before = await readers.list();
  await readers.registerBroker();
  expect(await readers.list()).toEqual(before);
});

test('a broker that is gone for good is removed on the command line, with all that waited for it', async () => {
  await readers.registerBroker();
  const events = await commit(dataSource, play([]));
  expect((await run('list')).stdout).toMatch(/^broker: 1 events wait, registered \d{4}-.*Z\n$/);
  expect(await run('remove', 'broker')).toMatchObject({
    code: 0,
    stdout: `broker removed; ${events.length} events had waited for it\n`,
  });
  await commit(dataSource, play([]));
  expect(await queued()).toBe(0);
  expect(await run('list')).toMatchObject({ code: 0, stdout: 'There are none\n' });
  expect(await run('remove', 'broker')).toMatchObject({ code: 1, stdout: 'There is no reader broker\n' });
}, 60_000);

test('a service without a broker says that events are queued for one', async () => {
  const warnings = async () => {
    const service = await RunningService.start({ DATABASE_URL: database.url });
    await service.stop();
    return service.lines.filter((line) => line.includes('readers remove broker'));
  };
  expect(await warnings()).toEqual([]);
  await readers.registerBroker();
  expect(await warnings()).toHaveLength(1);
}, 60_000);

test('an upgrade registers a broker for which events wait', async () => {
  const old = await createDatabaseBefore('Readers1790000007000');
  try {
    await query(old.url, 'INSERT INTO broker_queue VALUES (7)');
    await migrate(old.url);
    expect(await query(old.url, 'SELECT name FROM readers')).toEqual([{ name: 'broker' }]);
  } finally {
    await old.drop();
  }
});
