import type { DataSource } from 'typeorm';
import { loadConfig } from '../../src/app.module';
import { connect } from '../../src/database/data-source';
import { MailRetention } from '../../src/notifications/mail/mail-retention';
import { type Outcome, Retention } from '../../src/retention/contracts';
import { InboxRetention } from '../../src/allocation/adapters/postgres/inbox-retention';
import { PendingViewRetention } from '../../src/allocation/adapters/postgres/pending-view-retention';
import { ClosedLineRetention } from '../../src/views/maintenance/closed-line-retention';
import { DeliveryRetention } from '../../src/webhooks/adapters/delivery-retention';
import { captureLog } from '../support/captured-log';
import { SentStatements } from '../support/sent-statements';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const log = captureLog();
let database: TestDatabase;
let dataSource: DataSource;

beforeEach(async () => {
  database = await createTestDatabase();
  dataSource = await connect(database.url);
  log.length = 0;
});
afterEach(async () => {
  await dataSource.destroy();
  await database.drop();
});

const settings = loadConfig({
  CLOSED_LINE_RETENTION_DAYS: '20',
  INBOX_RETENTION_DAYS: '20',
  SENT_MAIL_RETENTION_DAYS: '20',
  WEBHOOK_DELIVERY_RETENTION_DAYS: '20',
});
const dueAgain = () => dataSource.query('UPDATE retention SET due_at = now()');
/** Follows the rules until there is no more to do. */
async function follow(retention: Retention): Promise<void> {
  for (let outcome: Outcome | undefined = 'more'; outcome;) {
    outcome = await retention.removeDue();
    await dataSource.query(`UPDATE retention SET due_at = now() WHERE due_at < now() + interval '1 s'`);
  }
}
const idsOf = async (table: string, id: string) =>
  (await dataSource.query<{ id: string }[]>(`SELECT ${id} AS id FROM ${table} ORDER BY 1`)).map(
    (row) => row.id,
  );

describe('a rule of retention', () => {
  const rule = (expire: (before: Date) => Promise<Outcome>, days = 1) => ({ name: 'things', days, expire });

  test('is followed by one instance at a time', async () => {
    const [one, other] = [new Retention(dataSource), new Retention(dataSource)];
    let [rounds, finish] = [0, () => {}];
    const slow = () => {
      rounds += 1;
      return new Promise<Outcome>((resolve) => (finish = () => resolve('done')));
    };
    one.register(rule(slow));
    other.register(rule(slow));
    const following = one.removeDue();
    while (rounds === 0) await new Promise(setImmediate);
    expect(await other.removeDue()).toBeUndefined();
    finish();
    expect(await following).toBe('done');
    expect([rounds, await other.removeDue()]).toEqual([1, undefined]);
  });

  test('is due again at once while there is more to remove, and much later when there is not', async () => {
    const outcomes: Outcome[] = ['more', 'done'];
    const retention = new Retention(dataSource);
    retention.register(rule(() => Promise.resolve(outcomes.shift()!)));
    const pause = async () => {
      await retention.removeDue();
      const [{ seconds }] = await dataSource.query<[{ seconds: number }]>(
        'SELECT extract(epoch FROM due_at - now())::float8 AS seconds FROM retention',
      );
      await dueAgain();
      return seconds;
    };
    expect(await pause()).toBeLessThan(1);
    expect(await pause()).toBeGreaterThan(60);
  });

  test('gets what is kept by the clock of the database, which never goes back to what is gone', async () => {
    const kept: number[] = [];
    const expire = (before: Date) => {
      kept.push(before.getTime());
      return Promise.resolve<Outcome>('done');
    };
    const follow = async (days: number) => {
      const retention = new Retention(dataSource);
      retention.register(rule(expire, days));
      await retention.removeDue();
      await dueAgain();
    };
    await follow(5);
    const [{ now }] = await dataSource.query<[{ now: Date }]>('SELECT now()');
    expect(Math.abs(now.getTime() - 5 * 86_400_000 - kept[0])).toBeLessThan(60_000);
    await follow(50);
    expect(kept[1]).toBe(kept[0]);
  });

  test('that fails is told of once, and is tried again', async () => {
    const retention = new Retention(dataSource);
    let attempts = 0;
    retention.register(
      rule(() => {
        attempts += 1;
        return attempts < 3 ? Promise.reject(new Error('broken')) : Promise.resolve('done');
      }),
    );
    for (let round = 0; round < 3; round += 1) {
      await retention.removeDue();
      await dueAgain();
    }
    expect(attempts).toBe(3);
    expect(log.filter((line) => line.includes('no longer kept of things'))).toHaveLength(1);
  });

  test('that keeps for ever is not followed', async () => {
    const retention = new Retention(dataSource);
    retention.register(rule(() => Promise.reject(new Error('never')), 0));
    expect(await retention.removeDue()).toBeUndefined();
  });
});

test('promise 6: lines go that have not been held for so long; those that are held stay', async () => {
  const line = (order: string, state: string, days: number) =>
    dataSource.query(
      `INSERT INTO view_lines (order_id, sku, qty, state, sequence, changed_at)
       VALUES ($1, 'LAMP', 1, $2, 1, now() - $3 * interval '1 day')`,
      [order, state, days],
    );
  await line('old refusal', 'out of stock', 21);
  await line('young refusal', 'out of stock', 19);
  await line('old return', 'deallocated', 21);
  await line('old allocation', 'allocated', 400);
  const retention = new Retention(dataSource);
  new ClosedLineRetention(dataSource, retention, settings);
  await follow(retention);
  expect(await idsOf('view_lines', 'order_id')).toEqual(['old allocation', 'young refusal']);
});

test.each([
  [{ CLOSED_LINE_RETENTION_DAYS: 'forever', EVENT_RETENTION_DAYS: '20' }, 0],
  [{ CLOSED_LINE_RETENTION_DAYS: '50', EVENT_RETENTION_DAYS: '20' }, 0],
  [{ CLOSED_LINE_RETENTION_DAYS: 'forever', EVENT_RETENTION_DAYS: 'forever' }, 1],
])('lines that are not held are not shown for longer than events are kept: %j', async (environment, left) => {
  await dataSource.query(
    `INSERT INTO view_lines (order_id, sku, qty, state, sequence, changed_at)
     VALUES ('o', 'LAMP', 1, 'deallocated', 1, now() - interval '21 days')`,
  );
  const retention = new Retention(dataSource);
  new ClosedLineRetention(dataSource, retention, loadConfig(environment));
  await follow(retention);
  expect(await idsOf('view_lines', 'order_id')).toHaveLength(left);
});

test('promise 6: messages are forgotten after their time', async () => {
  await dataSource.query(
    `INSERT INTO inbox VALUES ('old', now() - interval '21 days'), ('young', now() - interval '19 days')`,
  );
  const retention = new Retention(dataSource);
  new InboxRetention(dataSource, retention, settings);
  await follow(retention);
  expect(await idsOf('inbox', 'message_id')).toEqual(['young']);
});

test('promise 6: notes of what the views never got go after a time', async () => {
  await dataSource.query(
    `INSERT INTO pending_views VALUES ('old', 1, now() - interval '31 days'), ('young', 1, now() - interval '29 days')`,
  );
  const retention = new Retention(dataSource);
  new PendingViewRetention(dataSource, retention);
  await follow(retention);
  expect(await idsOf('pending_views', 'sku')).toEqual(['young']);
});

test('promise 6: what became of deliveries of webhooks goes after a time', async () => {
  for (const days of [21, 19])
    await dataSource.query(
      `INSERT INTO webhook_deliveries (id, webhook_id, event_id, type, sku, sequence, attempt, at, duration_ms)
       VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'Allocated', 'A', $1::bigint, 1,
               now() - $1::bigint * interval '1 day', 1)`,
      [days],
    );
  const retention = new Retention(dataSource);
  new DeliveryRetention(dataSource, retention, settings);
  await follow(retention);
  expect(await idsOf('webhook_deliveries', 'sequence::text')).toEqual(['19']);
});

test('promise 6: mails go that were sent or failed; those that wait stay', async () => {
  const mail = (to: string, column: string, days: number) =>
    dataSource.query(
      `INSERT INTO mail_queue (id, recipient, subject, body, ${column})
       VALUES (gen_random_uuid(), $1, '', '', now() - $2 * interval '1 day')`,
      [to, days],
    );
  await mail('sent', 'sent_at', 21);
  await mail('failed', 'failed_at', 21);
  await mail('sent lately', 'sent_at', 19);
  await mail('waiting', 'queued_at', 21);
  const retention = new Retention(dataSource);
  new MailRetention(dataSource, retention, settings);
  await follow(retention);
  expect(await idsOf('mail_queue', 'recipient')).toEqual(['sent lately', 'waiting']);
});

test('many rows go in slices, along an index, and past rows that somebody holds', async () => {
  await dataSource.query(
    `INSERT INTO inbox SELECT 'old ' || n, now() - interval '30 days' + n * interval '1 s' FROM generate_series(1, 2500) n`,
  );
  const holder = dataSource.createQueryRunner();
  await holder.startTransaction();
  await holder.query(`SELECT FROM inbox WHERE message_id = 'old 7' FOR UPDATE`);
  const retention = new Retention(dataSource);
  new InboxRetention(dataSource, retention, settings);
  const sent = new SentStatements();
  await follow(retention);
  sent.stop();
  await holder.rollbackTransaction();
  await holder.release();
  expect(await idsOf('inbox', 'message_id')).toEqual(['old 7']);
  const deletes = sent.all.filter(({ text }) => text.includes('DELETE FROM inbox'));
  expect(deletes).toHaveLength(3);
  const plan = await dataSource.query<Record<string, string>[]>(`EXPLAIN ${deletes[0].text}`, [
    '-infinity',
    new Date(),
  ]);
  expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('Index Scan using inbox_by_age');
});

test('rows that were held when younger ones were removed are removed the next time', async () => {
  await dataSource.query(`INSERT INTO inbox VALUES ('old', now() - interval '30 days')`);
  const retention = new Retention(dataSource);
  new InboxRetention(dataSource, retention, settings);
  await follow(retention);
  await dataSource.query(`INSERT INTO inbox VALUES ('older', now() - interval '40 days')`);
  await dueAgain();
  await follow(retention);
  expect(await idsOf('inbox', 'message_id')).toEqual([]);
});
