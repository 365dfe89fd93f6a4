import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { DatabaseClient } from '../../src/database/client';
import { connect, dataSourceOptions } from '../../src/database/data-source';
import { unavailable } from '../../src/database/errors';
import { Sql } from '../../src/database/sql';
import { LogSequencer, readLog } from '../../src/log/contracts';
import { Unavailable } from '../../src/unavailable';
import { SentStatements } from '../support/sent-statements';
import { TcpProxy } from '../support/tcp-proxy';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

let database: TestDatabase;
let dataSource: DataSource;
let sequencer: LogSequencer;

beforeEach(async () => {
  database = await createTestDatabase();
  dataSource = await connect(database.url);
  sequencer = new LogSequencer(dataSource);
});
afterEach(async () => {
  await dataSource.destroy();
  await database.drop();
});

/** A transaction of a writer, as a unit of work has it: the product is locked until the commit. */
class Writer {
  private constructor(private readonly client: Client) {}

  static async begin(): Promise<Writer> {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query('BEGIN');
    // A transaction gets its id with its first write.
    await client.query('SELECT pg_current_xact_id()');
    return new Writer(client);
  }

  async record(sku: string, sequence: number): Promise<void> {
    await this.client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [sku]);
    await this.client.query(
      `INSERT INTO outbox (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data)
       VALUES ($1, 'OutOfStock', 2, $2, $3, now(), 'c', 'c', '{}')`,
      [uuid(), sku, sequence],
    );
  }

  async commit(): Promise<void> {
    await this.client.query('COMMIT');
    await this.client.end();
  }
}

async function committed(sku: string, ...sequences: number[]): Promise<void> {
  const writer = await Writer.begin();
  for (const sequence of sequences) await writer.record(sku, sequence);
  await writer.commit();
}

const log = async (after = 0) =>
  (await readLog(new Sql(dataSource), after, 1_000)).events.map(
    ({ position, sku, sequence }) => `${position} ${sku} ${sequence}`,
  );

test('events are numbered one by one over all SKUs, and leave the outbox', async () => {
  await committed('A', 1, 2);
  await committed('B', 1);
  await committed('A', 3);
  expect(await sequencer.number()).toBe(4);
  expect(await log()).toEqual(['1 A 1', '2 A 2', '3 B 1', '4 A 3']);
  expect(await sequencer.number()).toBe(0);
  expect(await dataSource.query('SELECT FROM outbox')).toEqual([]);
});

test('nothing appears behind a position that was read, when a transaction commits late (promise 5)', async () => {
  // The tempting way is to number events when they are written: the slow one would be number 1, and become visible
  // after number 2 was read.
  const slow = await Writer.begin();
  await slow.record('A', 1);
  await committed('B', 1);
  await sequencer.number();
  expect(await log()).toEqual(['1 B 1']);
  await slow.commit();
  await sequencer.number();
  expect(await log(1)).toEqual(['2 A 1']);
});

test('the order agrees with the sequence of each SKU, when an older transaction waits for a product (promise 5)', async () => {
  // The tempting way is to order by the ids of the transactions: this one has the smaller id, and waits for B.
  const older = await Writer.begin();
  await older.record('A', 1);
  const younger = await Writer.begin();
  await younger.record('B', 1);
  const waits = older.record('B', 2);
  await younger.commit();
  await sequencer.number();
  await waits;
  await older.commit();
  await sequencer.number();
  expect(await log()).toEqual(['1 B 1', '2 A 1', '3 B 2']);
});

test('a transaction that hangs holds up nobody', async () => {
  const hanging = await Writer.begin();
  await hanging.record('A', 1);
  for (let n = 1; n <= 5; n += 1) {
    await committed('B', n);
    expect(await sequencer.number()).toBe(1);
  }
  expect(await log()).toHaveLength(5);
  await hanging.commit();
});

test('what commits late is passed by nobody, however much was numbered meanwhile (promise 5)', async () => {
  const late = await Writer.begin();
  await late.record('A', 1);
  for (let n = 1; n <= 10; n += 1) {
    await committed('B', n);
    await sequencer.number();
  }
  await late.commit();
  await committed('A', 2);
  await sequencer.number();
  expect(await log(10)).toEqual(['11 A 1', '12 A 2']);
});

test('an instance that starts takes nothing for settled', async () => {
  await committed('A', 1);
  await dataSource.query('UPDATE log_head SET settled = 1000');
  expect(await new LogSequencer(dataSource).number()).toBe(1);
});

test('rows that were numbered are not gone through again while a snapshot keeps them in the table', async () => {
  const reporting = new Client({ connectionString: database.url });
  await reporting.connect();
  await reporting.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await reporting.query('SELECT FROM outbox');
  await dataSource.query(
    `INSERT INTO outbox (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data)
     SELECT gen_random_uuid(), 'OutOfStock', 2, 'MANY', n, now(), 'c', 'c', '{}' FROM generate_series(1, 20000) n`,
  );
  const one = async (sql: string) => Number((await dataSource.query<{ one: string }[]>(sql))[0].one);
  const last = await one('SELECT max(position) AS one FROM outbox');
  while ((await sequencer.number()) > 0);
  // Transactions of other databases on this server are waited for, too.
  let n = 0;
  await until(async () => {
    await committed('A', (n += 1));
    await sequencer.number();
    return (await one('SELECT settled AS one FROM log_head')) >= last;
  });
  const sent = new SentStatements();
  expect(await sequencer.number()).toBe(0);
  sent.stop();
  const look = sent.all.find(({ text }) => text.includes('FROM outbox'))!;
  const [row] = await dataSource.query<{ 'QUERY PLAN': { Plan: Record<string, number> }[] }[]>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${look.text}`,
    [...look.values],
  );
  // Through all of them it would be more than 20,000.
  const { 'Shared Hit Blocks': hit, 'Shared Read Blocks': read } = row['QUERY PLAN'][0].Plan;
  expect(hit + read).toBeLessThan(100);
  await reporting.end();
});

test('after a look that took long there is a pause, however often something is committed meanwhile', async () => {
  const holder = new Client({ connectionString: database.url });
  await holder.connect();
  await holder.query('BEGIN; LOCK TABLE outbox');
  const sent = new SentStatements();
  const looks = () => sent.all.filter(({ text }) => text.startsWith('SELECT FROM outbox')).length;
  await sequencer.onApplicationBootstrap();
  await until(() => looks() === 1);
  await pause(200);
  const ended = performance.now();
  await holder.end();
  await until(() => {
    sequencer.wake();
    return looks() > 1;
  }, 120);
  sent.stop();
  // Nine times as long as the look, which cannot end before the lock does.
  expect(performance.now() - ended).toBeGreaterThan(1_700);
  await committed('A', 1);
  await until(async () => (await log(0)).length === 1);
  await sequencer.beforeApplicationShutdown();
});

test('an instance that freezes while it numbers holds up the others for two seconds at most', async () => {
  const proxy = await TcpProxy.to(database.url);
  let goOn: (() => void) | undefined;
  /** Between the lock and the move; the instance does not give up either, as it would for want of an answer. */
  const freeze = (client: DatabaseClient) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    Object.assign(client, {
      query: (...[statement, ...rest]: [{ text?: string }, ...unknown[]]) => {
        if (!statement.text?.includes('DELETE FROM outbox')) return query(statement, ...rest);
        proxy.freeze();
        goOn = () => void query(statement, ...rest);
      },
    });
  };
  const frozen = await connect(proxy.url, dataSourceOptions(proxy.url, { observer: { opened: freeze } }));
  try {
    await committed('A', 1);
    void new LogSequencer(frozen).number().catch(() => {});
    await until(() => goOn !== undefined);
    let numbered = await sequencer.number();
    const isHeld = (await dataSource.query('SELECT FROM log_head FOR UPDATE SKIP LOCKED')).length === 0;
    // A machine that stalls lets the two seconds pass before anybody has looked.
    if (isHeld) expect(numbered).toBe(0);
    // Without a limit of its own, the transaction would be ended after 30 seconds.
    await until(async () => (numbered += await sequencer.number()) === 1, 20);
  } finally {
    await proxy.stop();
    goOn?.();
    await frozen.destroy();
  }
});

test('several instances number side by side without gaps, doublets or waits for each other', async () => {
  const others = await Promise.all([1, 2].map(() => connect(database.url)));
  const sequencers = [sequencer, ...others.map((other) => new LogSequencer(other))];
  let writing = true;
  /** An instance that stalls for two seconds while it numbers loses its connection, and numbers on. */
  const lost = (error: unknown) => {
    const { reason } = error instanceof Unavailable ? error : (unavailable(error) ?? {});
    if (reason !== 'The database cannot be reached') throw error;
  };
  const numbering = sequencers.map(async (each) => {
    while (writing) await each.number().catch(lost);
  });
  await Promise.all(
    ['A', 'B', 'C', 'D'].map(async (sku) => {
      for (let n = 1; n <= 50; n += 1) await committed(sku, 2 * n - 1, 2 * n);
    }),
  );
  writing = false;
  await Promise.all(numbering);
  await until(async () => {
    await sequencer.number().catch(lost);
    return (await dataSource.query('SELECT FROM outbox LIMIT 1')).length === 0;
  });
  const { events } = await readLog(new Sql(dataSource), 0, 1_000);
  expect(events.map(({ position }) => position)).toEqual(Array.from({ length: 400 }, (_, n) => n + 1));
  for (const sku of ['A', 'B', 'C', 'D']) {
    const sequences = events.filter((event) => event.sku === sku).map(({ sequence }) => sequence);
    expect(sequences).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
  }
  await Promise.all(others.map((other) => other.destroy()));
});
