import type { DataSource } from 'typeorm';
import { OutOfStock, type Recorded } from '../../src/allocation/contracts';
import { loadConfig } from '../../src/app.module';
import { connect } from '../../src/database/data-source';
import { Sql } from '../../src/database/sql';
import { newId } from '../../src/ids';
import { takeNew } from '../../src/messaging/contracts';
import { DoneEventsRetention } from '../../src/messaging/delivery/done-events-retention';
import type { MailSender } from '../../src/notifications/mail/mail-sender';
import { Mails } from '../../src/notifications/contracts';
import { type Outcome, Retention } from '../../src/retention/contracts';
import { record } from '../support/aged-log';
import { number } from '../support/numbered';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

let database: TestDatabase;
let dataSource: DataSource;
let sql: Sql;

beforeEach(async () => {
  database = await createTestDatabase();
  dataSource = await connect(database.url);
  sql = new Sql(dataSource);
});
afterEach(async () => {
  await dataSource.destroy();
  await database.drop();
});

const event = (daysAgo = 0): Recorded => ({
  id: newId(),
  sequence: 1,
  occurredAt: new Date(Date.now() - daysAgo * 86_400_000),
  correlationId: 'c',
  causationId: 'c',
  event: new OutOfStock('SOFA', 'o', 1, 0),
});
const take = (events: Recorded[], handler = 'vip') => sql.transaction((tx) => takeNew(tx, handler, events));

describe('events that a handler takes', () => {
  test('are those that it has not taken before, in their order, each once', async () => {
    const [a, b, c] = [event(), event(), event()];
    expect(await take([b])).toEqual([b]);
    expect(await take([c, b, a, c])).toEqual([c, a]);
    expect(await take([a, b, c])).toEqual([]);
    expect(await take([])).toEqual([]);
  });

  test('are no matter of other handlers', async () => {
    const one = event();
    await take([one]);
    expect(await take([one], 'loyalty')).toEqual([one]);
  });

  test('come again when its transaction is rolled back', async () => {
    const one = event();
    const failing = sql.transaction(async (tx) => {
      expect(await takeNew(tx, 'vip', [one])).toEqual([one]);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await take([one])).toEqual([one]);
  });

  test('are taken by one of two instances that are at them at the same time', async () => {
    const events = Array.from({ length: 20 }, () => event());
    const taken = await Promise.all([take(events), take(events.toReversed()), take(events)]);
    expect(taken.flat()).toHaveLength(20);
  });
});

describe('that an event was taken is known', () => {
  async function follow(settings: NodeJS.ProcessEnv = {}): Promise<number> {
    const retention = new Retention(dataSource);
    new DoneEventsRetention(dataSource, retention, loadConfig(settings));
    await dataSource.query('UPDATE retention SET due_at = now()');
    for (let outcome: Outcome | undefined = 'more'; outcome;) outcome = await retention.removeDue();
    return sql.count('SELECT FROM done_events');
  }

  test('for as long as events are kept, and no longer (promise 6)', async () => {
    await take([event(1), event(19), event(21)]);
    expect(await follow({ EVENT_RETENTION_DAYS: 'forever' })).toBe(3);
    expect(await follow({ EVENT_RETENTION_DAYS: '20' })).toBe(2);
  });

  test('for longer than that while the log still has older ones, which may come again', async () => {
    await record(dataSource, 1, 30);
    await number(dataSource);
    await take([event(29), event(31)]);
    expect(await follow({ EVENT_RETENTION_DAYS: '20' })).toBe(1);
  });

  test('while it is a dead letter, or one that is delivered again', async () => {
    const [dead, revived, other] = [event(30), event(30), event(30)];
    await take([dead, revived, other]);
    await dataSource.query(
      `INSERT INTO dead_letters (handler, event_id, attempts, error, event) VALUES ('vip', $1, 12, 'no', '{}')`,
      [dead.id],
    );
    await dataSource.query(
      `INSERT INTO redeliveries (reader, sku, sequence, attempts, error, next_attempt_at, event)
       VALUES ('vip', 'SOFA', 1, 0, 'no', now(), jsonb_build_object('id', $1::text))`,
      [revived.id],
    );
    expect(await follow({ EVENT_RETENTION_DAYS: '20' })).toBe(2);
  });
});

describe('a mail of a module', () => {
  const mail = () => ({ id: newId(), to: 'ann@example.com', subject: 'Welcome', text: 'You are a VIP.' });
  let woken: number;
  let mails: Mails;
  beforeEach(() => {
    woken = 0;
    mails = new Mails({ wake: () => void (woken += 1) } as unknown as MailSender);
  });
  const queued = () => sql.count('SELECT FROM mail_queue');

  test('is queued with what it tells of, and sent as soon as that is committed', async () => {
    await sql.transaction(async (tx) => {
      await mails.queue(tx, [mail()]);
      expect(woken).toBe(0);
    });
    expect([await queued(), woken]).toEqual([1, 1]);
  });

  test('is not queued when that is rolled back, and wakes nobody', async () => {
    const failing = sql.transaction(async (tx) => {
      await mails.queue(tx, [mail()]);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect([await queued(), woken]).toEqual([0, 0]);
  });

  test('is queued once, however often', async () => {
    const one = mail();
    for (let time = 0; time < 2; time += 1) await sql.transaction((tx) => mails.queue(tx, [one]));
    expect(await queued()).toBe(1);
  });
});
