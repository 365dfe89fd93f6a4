import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Client } from 'pg';
import {
  Allocate,
  BatchArrived,
  BatchCreated,
  BatchEtaChanged,
  BatchQuantityChanged,
  ChangeBatchEta,
  CreateBatch,
  OrderLine,
  type Recorded,
  StockAdjusted,
} from '../../src/allocation/contracts';
import { AppModule, loadConfig } from '../../src/app.module';
import { createApp } from '../../src/http/create-app';
import { OverdueAlertQueue } from '../../src/notifications/alerts/overdue-alert-queue';
import { SlipAlertHandler } from '../../src/notifications/alerts/slip-alert.handler';
import { NotificationsInstance, recorded } from '../support/notifications-instance';
import { randomSku } from '../support/random-refs';
import { TestSmtpServer } from '../support/smtp-server';
import { connected } from '../support/sql';
import {
  createDatabaseBefore,
  createTestDatabase,
  migrate,
  nameOf,
  type TestDatabase,
} from '../support/test-database';
import { until } from '../support/until';

let database: TestDatabase;
let sql: Client;
let server: TestSmtpServer;
const cleanUps: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  sql = await connected(database.url);
  server = await TestSmtpServer.start();
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  await server.stop();
  await sql.end();
  await database.drop();
});

const environment = () => ({
  DATABASE_URL: database.url,
  SMTP_URL: server.url,
  STOCK_ALERTS_TO: 'buyers@example.com',
});

async function instance(): Promise<NotificationsInstance> {
  const started = await NotificationsInstance.start(environment());
  cleanUps.push(() => started.stop());
  return started;
}

async function startService(): Promise<INestApplicationContext> {
  const config = loadConfig({ ...environment(), LOG_LEVEL: 'silent' });
  const app = await (await createApp(config, AppModule.forRoot(config), AppModule.apis)).init();
  cleanUps.push(() => app.close());
  return app;
}

/** Waits until nothing is left to be sent. */
const queueIsDone = () =>
  until(async () => {
    const { rows } = await sql.query('SELECT FROM mail_queue WHERE sent_at IS NULL');
    return rows.length === 0;
  });

/**
 * Waits until whoever is to be told of what is overdue has been: each instance looks by itself, too, and others pass by what
 * it is at.
 */
const allAreNotified = async () => {
  await until(async () => {
    const { rows } = await sql.query(
      `SELECT FROM expected_batches
       WHERE (told IS NULL OR told < eta) AND NOT is_lost AND eta < (now() AT TIME ZONE 'UTC')::date`,
    );
    return rows.length === 0;
  });
  await queueIsDone();
};

/** The references of the batches that mails name as overdue, a list for each mail. */
const notified = () =>
  server.received.map(({ text }) =>
    [...text!.matchAll(/^- batch "(.*?)"/gm)].map(([, batchRef]) => batchRef),
  );

const created = (batchRef: string, sequence: number, eta: string | null) =>
  recorded(sequence, new BatchCreated('SOFA', batchRef, 5, eta));
const adjusted = (batchRef: string, sequence: number, qty: number, previousQty: number) =>
  recorded(sequence, new StockAdjusted('SOFA', batchRef, qty, previousQty, qty, 'lost', null));
const changed = (batchRef: string, sequence: number, eta: string, previousEta: string) =>
  recorded(sequence, new BatchEtaChanged('SOFA', batchRef, eta, previousEta, 5));
const arrived = (batchRef: string, sequence: number, previousEta: string) =>
  recorded(sequence, new BatchArrived('SOFA', batchRef, previousEta, 5, 5, 5));

describe('a batch that nobody reported as arrived', () => {
  test('is mailed about once, by whichever instance, and again when it slips and is overdue again (rule 23)', async () => {
    const several = await Promise.all([instance(), instance(), instance()]);
    const everywhere = async (...events: Recorded<BatchCreated | BatchEtaChanged | BatchArrived>[]) => {
      await Promise.all(
        several.map((one, index) => one.handle(...(index % 2 ? events.toReversed() : events))),
      );
      for (const one of several) while ((await one.get(OverdueAlertQueue).notify()) > 0);
      await allAreNotified();
    };
    const first = [
      created('ship', 1, '2020-01-10'),
      created('next', 2, '2999-01-01'),
      created('here', 3, null),
    ];
    await everywhere(...first);
    await everywhere(...first);
    expect(notified()).toEqual([['ship']]);
    expect(server.received[0]).toMatchObject({
      subject: 'Overdue: batch ship',
      to: [{ address: 'buyers@example.com' }],
    });
    expect(server.received[0].text).toContain('of SKU "SOFA", expected on 2020-01-10');

    const later = changed('ship', 4, '2020-02-01', '2020-01-10');
    await everywhere(later);
    await everywhere(later, ...first);
    expect(notified()).toEqual([['ship'], ['ship']]);
    // To a day for which it is known that it did not come.
    await everywhere(changed('ship', 5, '2020-01-20', '2020-02-01'));
    await everywhere(arrived('next', 6, '2999-01-01'), arrived('ship', 7, '2020-01-20'));
    // What comes late changes nothing.
    await everywhere(changed('ship', 6, '2020-03-01', '2020-01-20'), ...first);
    expect(notified()).toEqual([['ship'], ['ship']]);
  });

  test('is not overdue when all of it is lost, in whatever order that is heard, and is again when it is found', async () => {
    const buyers = await instance();
    const alerts = buyers.get(OverdueAlertQueue);
    const lost = recorded(2, new BatchQuantityChanged('SOFA', 'ship', 0, 5, 0));
    await buyers.handle(lost);
    await buyers.handle(created('ship', 1, '2020-01-10'));
    await buyers.handle(created('other', 3, '2020-01-10'), adjusted('other', 4, 0, 5));
    expect(await alerts.notify()).toBe(0);
    await buyers.handle(changed('ship', 5, '2020-01-11', '2020-01-10'), lost);
    expect(await alerts.notify()).toBe(0);
    await buyers.handle(adjusted('other', 6, 1, 0));
    // The instance looks by itself, too, and may be first.
    await alerts.notify();
    await until(() => notified().length > 0);
    expect(notified()).toEqual([['other']]);
  });

  test('is overdue when its day is over in UTC, by the clock of the database', async () => {
    // Named before pg_catalog, the schema has the clock that statements find first.
    await sql.query('CREATE SCHEMA standing');
    await sql.query(`CREATE TABLE standing.clock AS SELECT '2031-02-18T23:59:59Z'::timestamptz AS time`);
    await sql.query(
      `CREATE FUNCTION standing.now() RETURNS timestamptz STABLE LANGUAGE sql AS 'SELECT time FROM standing.clock'`,
    );
    const name = nameOf(database.url);
    await sql.query(`ALTER DATABASE ${name} SET search_path = public, standing, pg_catalog`);
    await sql.query(`ALTER DATABASE ${name} SET timezone = 'Asia/Tokyo'`);
    const buyers = await instance();
    await buyers.handle(created('ship', 1, '2031-02-18'));
    expect(await buyers.get(OverdueAlertQueue).notify()).toBe(0);
    await sql.query(`UPDATE standing.clock SET time = '2031-02-19T00:00:00Z'`);
    expect(await buyers.get(OverdueAlertQueue).notify()).toBe(1);
  });

  test('shares a mail with others that were due, a hundred at most', async () => {
    const several = await Promise.all([instance(), instance()]);
    const batchRefs = Array.from({ length: 230 }, (_, n) => `ship-${n}`);
    const batches = batchRefs.map((batchRef, n) => created(batchRef, n + 1, '2020-01-10'));
    await Promise.all(several.map((one) => one.handle(...batches)));
    for (const one of several) while ((await one.get(OverdueAlertQueue).notify()) > 0);
    await allAreNotified();
    expect(notified().flat().sort()).toEqual(batchRefs.sort());
    expect(Math.max(...notified().map(({ length }) => length))).toBe(100);
    expect(server.subjects).toContain('Overdue: 100 batches');
  });

  test('is mailed about by the service itself, soon after it was written down too late', async () => {
    const app = await startService();
    const sku = randomSku();
    await app.get(CommandBus).execute(new CreateBatch('late ship', sku, 5, '2020-01-10'));
    await until(() => server.received.length > 0);
    expect(notified()).toEqual([['late ship']]);
  });

  test('is not mailed about when it was overdue before the upgrade, unless it slips', async () => {
    const old = await createDatabaseBefore('ExpectedBatches1790000013000');
    cleanUps.push(() => old.drop());
    const client = await connected(old.url);
    cleanUps.push(() => client.end());
    await client.query(`INSERT INTO products (sku, version_number) VALUES ('SOFA', 9)`);
    await client.query(
      `INSERT INTO batches (reference, sku, purchased_quantity, allocated_quantity, eta, position, sequence)
       VALUES ('old', 'SOFA', 5, 0, '2020-01-10', 1, 7), ('open', 'SOFA', 5, 0, '2999-01-01', 2, 8),
              ('here', 'SOFA', 5, 0, NULL, 3, 9)`,
    );
    await migrate(old.url);
    const buyers = await NotificationsInstance.start({ ...environment(), DATABASE_URL: old.url });
    cleanUps.push(() => buyers.stop());
    const alerts = buyers.get(OverdueAlertQueue);
    // The events of before come, too.
    await buyers.handle(created('old', 1, '2020-01-05'), created('open', 2, '2019-01-01'));
    expect(await alerts.notify()).toBe(0);
    await buyers.handle(changed('old', 10, '2020-01-11', '2020-01-10'));
    await until(() => server.received.length > 0);
    expect(notified()).toEqual([['old']]);
  });
});

describe('a ship that slips', () => {
  const orders = (count: number) => Array.from({ length: count }, (_, n) => `order-${n + 1}`);

  test('makes one mail, which names the first lines that are late and says how many more there are (rule 23)', async () => {
    const app = await startService();
    const bus = app.get(CommandBus);
    const sku = randomSku();
    await bus.execute(new CreateBatch('ship', sku, 100, '2031-01-01'));
    for (const order of orders(30)) await bus.execute(new Allocate(new OrderLine(order, sku, 2)));
    await bus.execute(new CreateBatch('early ship', sku, 4, '2031-01-10'));
    await bus.execute(new CreateBatch('warehouse', sku, 2));
    await bus.execute(new ChangeBatchEta('ship', '2031-02-01'));
    await queueIsDone();

    const [mail] = server.received;
    expect(server.subjects).toEqual(['Late: batch ship arrives on 2031-02-01']);
    expect(mail.to).toEqual([{ address: 'buyers@example.com', name: '' }]);
    // One line moved to the warehouse, which is no bad news; two to the other ship.
    expect(mail.text).toContain(`Batch "ship" of SKU "${sku}" arrives on 2031-02-01, not on 2031-01-01.`);
    expect(mail.text).toContain('29 order lines with 58 pieces can be had later than promised:');
    expect(mail.text).toContain('- order "order-2": 2 pieces, now on 2031-01-10 from batch "early ship"\n');
    expect(mail.text).toContain('- order "order-4": 2 pieces, now on 2031-02-01\n');
    expect(mail.text!.match(/^- order/gm)).toHaveLength(20);
    expect(mail.text).toContain('- and 9 more\n');

    // An event that comes again tells nobody anything new; the next slip does, and better news does not.
    const { rows } = await sql.query(`SELECT * FROM events WHERE type = 'BatchEtaChanged'`);
    const [{ id, sequence, occurred_at: occurredAt, causation_id: causationId, data }] = rows;
    const { batchRef, eta, previousEta, available } = data;
    const event = new BatchEtaChanged(sku, batchRef, eta, previousEta, available);
    const again = { id, sequence: Number(sequence), occurredAt, correlationId: 'c', causationId, event };
    await app.get(SlipAlertHandler).handle(event, again);
    await bus.execute(new ChangeBatchEta('ship', '2031-01-20'));
    await queueIsDone();
    expect(server.received).toHaveLength(1);
    await bus.execute(new ChangeBatchEta('ship', '2031-01-21'));
    await queueIsDone();
    expect(server.subjects.at(-1)).toBe('Late: batch ship arrives on 2031-01-21');
    expect(server.received).toHaveLength(2);
  });

  test('makes no mail when nobody waits for it', async () => {
    const app = await startService();
    const bus = app.get(CommandBus);
    const sku = randomSku();
    await bus.execute(new CreateBatch('ship', sku, 100, '2031-01-01'));
    await bus.execute(new ChangeBatchEta('ship', '2031-02-01'));
    await bus.execute(new CreateBatch('late ship', sku, 5, '2020-01-10'));
    await until(() => server.received.length > 0);
    expect(server.subjects).toEqual(['Overdue: batch late ship']);
  });
});
