import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/database/data-source';
import { LeaseLost, Readers } from '../../src/log/contracts';
import { play } from '../contracts/availability.histories';
import { commit } from '../contracts/availability.log';
import { stockAllocation } from '../support/command-line';
import { number } from '../support/numbered';
import { RunningService } from '../support/running-service';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

let database: TestDatabase;
let dataSource: DataSource;
let readers: Readers;

beforeEach(async () => {
  database = await createTestDatabase();
  dataSource = await createDataSource(database.url).initialize();
  await dataSource.query('DELETE FROM readers');
  readers = new Readers(dataSource);
});
afterEach(async () => {
  await dataSource.destroy();
  await database.drop();
});

/** Commits some events and numbers them. @returns how many */
async function happen(): Promise<number> {
  const { length } = await commit(dataSource, play([]));
  await number(dataSource);
  return length;
}
const run = (...args: string[]) => stockAllocation(args, { DATABASE_URL: database.url });

test('a reader that begins now gets what is committed from then on, one that begins with the beginning all of it', async () => {
  const before = await happen();
  await readers.register('late', 'handler', 'now');
  await readers.register('early', 'handler', 'beginning');
  const after = await happen();
  const lags = (await readers.list()).map(({ name, lag }) => [name, lag]);
  expect(lags).toEqual([
    ['early', before + after],
    ['late', after],
  ]);
});

test('registering a reader again changes nothing', async () => {
  await happen();
  await readers.register('late', 'handler', 'now');
  await happen();
  const [before] = await readers.list();
  await readers.register('late', 'handler', 'now');
  expect(await readers.list()).toEqual([{ ...before, seenAt: expect.any(Date) }]);
});

test('an instance registers a reader while another one that is frozen holds its row', async () => {
  await readers.register('late', 'handler', 'now');
  const frozen = dataSource.createQueryRunner();
  await frozen.startTransaction();
  try {
    await frozen.query(`SELECT FROM readers WHERE name = 'late' FOR UPDATE`);
    await readers.register('late', 'handler', 'now');
    expect(await readers.list()).toEqual([expect.objectContaining({ name: 'late' })]);
  } finally {
    await frozen.rollbackTransaction();
    await frozen.release();
  }
});

test('one instance at a time reads for a reader, and one that was frozen meanwhile moves nothing', async () => {
  const other = new Readers(dataSource);
  await readers.register('broker', 'broker', 'now');
  await happen();
  const [frozen] = await readers.lease(['broker']);
  expect(await other.lease(['broker'])).toEqual([]);
  // The lease of the frozen one runs out.
  await dataSource.query('UPDATE readers SET held_until = now()');
  const [lease] = await other.lease(['broker']);
  expect(lease.fence).toBeGreaterThan(frozen.fence);
  await expect(readers.advance(frozen, frozen.position + 1)).rejects.toThrow(LeaseLost);
  await other.advance(lease, lease.position + 1);
  expect((await readers.list())[0].position).toBe(lease.position + 1);
  // What was released is free at once.
  await other.release(['broker']);
  expect(await readers.lease(['broker'])).toHaveLength(1);
});

test('a reader that is replayed loses its lease, and goes back to that time', async () => {
  await readers.register('stock-alerts', 'handler', 'beginning');
  const old = await happen();
  await dataSource.query(`UPDATE log SET occurred_at = '2020-01-01'`);
  const recent = await happen();
  const [lease] = await readers.lease(['stock-alerts']);
  await readers.advance(lease, old + recent);
  const [current] = await readers.lease(['stock-alerts']);

  expect(await readers.replay('stock-alerts', new Date('2021-01-01'))).toBe(recent);
  await expect(readers.advance(current, old + recent)).rejects.toThrow(LeaseLost);
  const [replaying] = await readers.lease(['stock-alerts']);
  expect(replaying).toMatchObject({ position: old, replayedTo: old + recent });
  expect(await readers.replay('stock-alerts')).toBe(old + recent);
  expect(await readers.replay('unknown')).toBeUndefined();
});

test('of many dead letters of a reader not all are counted', async () => {
  await readers.register('stock-alerts', 'handler', 'now');
  await dataSource.query(
    `INSERT INTO dead_letters (handler, event_id, attempts, error, event)
     SELECT 'stock-alerts', gen_random_uuid(), 1, '', '{}' FROM generate_series(1, 10001)`,
  );
  expect(await readers.list()).toMatchObject([{ deadLetters: 10_000 }]);
});

test('with a reader goes what an older version has noted for it', async () => {
  const skip = `INSERT INTO skipped_events (reader, type, first_position, last_position) VALUES ($1, 'Teleported', 1, 1)`;
  for (const name of ['stock-alerts', 'overdue-alerts']) {
    await readers.register(name, 'handler', 'now');
    await dataSource.query(skip, [name]);
  }
  await readers.remove('stock-alerts');
  expect(await dataSource.query('SELECT reader FROM skipped_events')).toEqual([{ reader: 'overdue-alerts' }]);
});

test('readers are listed, replayed and removed on the command line', async () => {
  await readers.register('broker', 'broker', 'now');
  const events = await happen();
  expect((await run('readers', 'list')).stdout).toMatch(
    /^broker \(broker\): at 0, 1 to read, 0 failing, 0 dead, seen \d{4}-.*Z\n$/,
  );
  expect(await run('replay', 'broker', '--since', '2020-01-01')).toMatchObject({
    code: 0,
    stdout: `broker gets ${events} events again from the service\n`,
  });
  expect(await run('replay', 'nobody')).toMatchObject({ code: 1, stdout: 'There is no reader nobody\n' });
  expect(await run('readers', 'remove', 'broker')).toMatchObject({
    code: 0,
    stdout: `broker removed; it had ${events} events to read\n`,
  });
  expect(await run('readers', 'list')).toMatchObject({ code: 0, stdout: 'There are none\n' });
  expect(await run('readers', 'remove', 'broker')).toMatchObject({
    code: 1,
    stdout: 'There is no reader broker\n',
  });
});

test('the reader of a webhook goes with its endpoint alone', async () => {
  await readers.register('webhook:0199', 'webhook', 'now');
  expect(await run('readers', 'remove', 'webhook:0199')).toMatchObject({
    code: 1,
    stdout: 'webhook:0199 reads for an endpoint, which goes with it: stock-allocation webhooks delete 0199\n',
  });
  expect(await readers.list()).toHaveLength(1);
});

test('a service without a broker says that a broker reads the log', async () => {
  const warnings = async () => {
    const service = await RunningService.start({ DATABASE_URL: database.url });
    await service.stop();
    return service.lines.filter((line) => line.includes('readers remove broker'));
  };
  expect(await warnings()).toEqual([]);
  await readers.register('broker', 'broker', 'now');
  expect(await warnings()).toHaveLength(1);
});
