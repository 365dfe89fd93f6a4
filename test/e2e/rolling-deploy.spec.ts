import { v7 as uuid } from 'uuid';
import { isDelivered } from '../support/delivered';
import { RunningService } from '../support/running-service';
import { query } from '../support/sql';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

/*
 * Two builds of the service on one database, as while a deploy rolls: today's, and one with a handler and a type of event
 * more (test/support/newer-build-main.ts).
 */

const NEWER = 'test/support/newer-build-main.ts';

let database: TestDatabase;
let services: RunningService[];

beforeEach(async () => {
  database = await createTestDatabase();
  services = [];
  await query(database.url, 'CREATE TABLE got (reader text, sku text, sequence bigint)');
});
afterEach(async () => {
  await Promise.all(services.map((service) => service.stop('SIGKILL')));
  await database.drop();
});

async function start(main?: string): Promise<RunningService> {
  const service = await RunningService.start({ DATABASE_URL: database.url }, main);
  services.push(service);
  return service;
}

/** Allocates so many lines. */
async function allocate(service: RunningService, count: number): Promise<void> {
  const batchRef = uuid();
  await service.post('/v1/batches', { ref: batchRef, sku: 'SOFA', qty: count });
  for (let n = 0; n < count; n += 1)
    expect(await service.post('/v1/allocations', { orderId: `${batchRef}-${n}`, sku: 'SOFA', qty: 1 })).toBe(
      202,
    );
}

const numbersOf = async (sql: string) => (await query(database.url, sql)).map(({ n }) => Number(n));
const allocated = (after = 0) =>
  numbersOf(
    `SELECT sequence AS n FROM events WHERE type = 'Allocated' AND sequence > ${after} ORDER BY sequence`,
  );
const got = (reader: string) =>
  numbersOf(`SELECT DISTINCT sequence AS n FROM got WHERE reader = '${reader}' ORDER BY n`);
const last = async () => Number((await query(database.url, 'SELECT max(sequence) AS n FROM events'))[0].n);
const allDelivered = () => until(() => isDelivered(database.url), 40);

test('a handler that is new gets what an older instance writes meanwhile, and from the beginning if it asks for that (promise 3)', async () => {
  const older = await start();
  await allocate(older, 3);
  const before = await last();
  const newer = await start(NEWER);
  // Both at once.
  await Promise.all([allocate(older, 20), allocate(newer, 20)]);
  await older.stop();
  await allDelivered();
  expect(await got('FromNowOn')).toEqual(await allocated(before));
  expect(await got('FromTheBeginning')).toEqual(await allocated());
}, 300_000);

test('going back to the older build and forth again loses nothing for the handlers of the newer one (promise 3)', async () => {
  const newer = await start(NEWER);
  await allocate(newer, 3);
  // It dies with an event of a type that only it knows, which its handler has not had.
  await query(
    database.url,
    `INSERT INTO outbox (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data, claimed_until)
     VALUES ('${uuid()}', 'Teleported', 1, 'LAMP', 1, now(), 'c', 'c', '{"sku": "LAMP"}', now())`,
  );
  await newer.stop('SIGKILL');
  const older = await start();
  await allocate(older, 10);
  await until(async () => {
    const reader = `SELECT FROM readers r JOIN log_head h ON r.position = h.position WHERE name = 'stock-alerts'`;
    return (await query(database.url, reader)).length === 1;
  }, 40);
  expect(older.lines.filter((line) => line.includes('Teleported')).length).toBeLessThan(2);
  await older.stop();

  await start(NEWER);
  await allDelivered();
  expect(await got('FromTheBeginning')).toEqual(await allocated());
  const ofLamp = `SELECT sequence AS n FROM got WHERE reader = 'FromNowOn' AND sku = 'LAMP'`;
  expect(await numbersOf(ofLamp)).toEqual([1]);
}, 300_000);

test('what an older build passes while the newer one runs is delivered by that, without another start (promise 3)', async () => {
  await start(NEWER);
  await query(
    database.url,
    `INSERT INTO outbox (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data, claimed_until)
     VALUES ('${uuid()}', 'Teleported', 1, 'LAMP', 1, now(), 'c', 'c', '{"sku": "LAMP"}', now())`,
  );
  const ofLamp = async () => (await query(database.url, `SELECT FROM got WHERE sku = 'LAMP'`)).length;
  await until(async () => (await ofLamp()) === 1);
  // The older build notes it so, whoever reads for the handler by then.
  await query(
    database.url,
    `INSERT INTO skipped_events (reader, type, first_position, last_position)
     SELECT 'from-now-on', type, position, position FROM log WHERE type = 'Teleported'`,
  );
  await until(async () => (await ofLamp()) === 2);
}, 120_000);

test('what was handled right after its commit is not handled once more from the log', async () => {
  const [first, second] = [await start(NEWER), await start(NEWER)];
  await Promise.all([allocate(first, 20), allocate(second, 20)]);
  await allDelivered();
  const twice = await query(
    database.url,
    'SELECT FROM got GROUP BY reader, sku, sequence HAVING count(*) > 1',
  );
  expect(twice).toEqual([]);
}, 300_000);
