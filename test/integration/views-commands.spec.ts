import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/database/data-source';
import { Sql } from '../../src/database/sql';
import { verify } from '../../src/views/contracts';
import { play } from '../contracts/availability.histories';
import { commit } from '../contracts/availability.log';
import { stockAllocation } from '../support/command-line';
import { settle } from '../support/numbered';
import { dropLog, rewriteLog } from '../support/parts-of-log';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await createDataSource(database.url).initialize();
  await commit(dataSource, play([], 'LAMP\u001b[31m'));
  await settle(dataSource);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const run = (...args: string[]) => stockAllocation(args, { DATABASE_URL: database.url });

test('verify tells each difference, and fails; rebuild mends the view that it is told to', async () => {
  const verified = await run('verify', '--json');
  expect([verified.code, JSON.parse(verified.stdout)]).toMatchObject([
    1,
    { of: 'batches', key: { ref: 'b0 of LAMP\u001b[31m' }, expected: { available: 5 }, found: null },
  ]);
  expect(await run('rebuild', 'batches')).toMatchObject({ code: 0, stdout: 'batches rebuilt\n' });
  expect(await verify(new Sql(dataSource))).toEqual({ counters: 0, movements: 0, batches: 0, lines: 0 });
});

test('verify --repair mends what it found', async () => {
  await dataSource.query('UPDATE view_batches SET available = 4');
  const repaired = await run('verify', '--repair');
  expect(repaired.code).toBe(0);
  expect(repaired.stdout).toBe(
    'batches: {"ref":"b0 of LAMP\\u001b[31m"}: available is 4 instead of 5\n' +
      'Differences: 0 counters, 0 movements, 0 batches, 0 lines\n',
  );
  expect(repaired.stderr).toContain('Rebuilt batches; comparing again');
});

test('verify says from where on events are kept', async () => {
  expect((await run('verify')).stderr).toBe('');
  const events = await rewriteLog(dataSource, 1);
  await dropLog(dataSource, 1);
  const { code, stderr } = await run('verify');
  expect([events, code, stderr]).toEqual([
    1,
    0,
    'Events are kept from position 2 on; what they told before is compared with the write model alone\n',
  ]);
});

test('rebuild knows no other view', async () => {
  const { code, stderr } = await run('rebuild', 'chairs');
  expect([code, stderr]).toEqual([2, 'error: Say lines or batches, not chairs\n']);
});
