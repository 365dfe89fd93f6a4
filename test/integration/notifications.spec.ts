import type { TestingModuleBuilder } from '@nestjs/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { Allocate, CreateBatch, OrderLine } from '../../src/allocation/contracts';
import { AppModule, loadConfig } from '../../src/app.module';
import { createDataSource } from '../../src/database/data-source';
import { createApp } from '../../src/http/create-app';
import { MailQueue } from '../../src/notifications/mail/mail-queue';
import { Mailer } from '../../src/notifications/mail/mailer';
import { SmtpMailer, SmtpTimeouts } from '../../src/notifications/mail/smtp-mailer';
import { MemoryMailer } from '../support/memory-mailer';
import {
  batchCreated,
  NotificationsInstance,
  outOfStock,
  quantityChanged,
} from '../support/notifications-instance';
import { randomOrderId, randomRef, randomSku } from '../support/random-refs';
import { type ReceivedMail, Refusal, TestSmtpServer } from '../support/smtp-server';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { connected } from '../support/sql';
import { Stopwatch } from '../support/stalls';
import { until } from '../support/until';

let database: TestDatabase;
let sql: Client;
const instances: NotificationsInstance[] = [];
const servers: TestSmtpServer[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  sql = await connected(database.url);
});
afterEach(async () => {
  await Promise.all(instances.splice(0).map((instance) => instance.stop()));
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await sql.query('TRUNCATE stock_alerts, mail_queue');
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

async function smtpServer(options?: Parameters<typeof TestSmtpServer.start>[0]): Promise<TestSmtpServer> {
  const server = await TestSmtpServer.start(options);
  servers.push(server);
  return server;
}

async function instance(
  smtpUrl?: string,
  adapt?: (module: TestingModuleBuilder) => TestingModuleBuilder,
  buyers = 'buyers@example.com',
): Promise<NotificationsInstance> {
  const environment = {
    DATABASE_URL: database.url,
    SMTP_URL: smtpUrl,
    STOCK_ALERTS_TO: buyers,
  };
  const started = await NotificationsInstance.start(environment, adapt);
  instances.push(started);
  return started;
}

/** An instance that keeps its mails in memory. */
async function withMemory(adapt = (module: TestingModuleBuilder) => module) {
  const mailer = new MemoryMailer();
  const started = await instance(undefined, (module) =>
    adapt(module).overrideProvider(Mailer).useValue(mailer),
  );
  return { instance: started, mailer, subjects: () => mailer.sent.map(({ subject }) => subject) };
}

/** Exchanges the queue for one that behaves otherwise in part. */
const withQueue = (Queue: new (dataSource: DataSource) => MailQueue) => (module: TestingModuleBuilder) =>
  module
    .overrideProvider(MailQueue)
    .useFactory({ inject: [DataSource], factory: (dataSource: DataSource) => new Queue(dataSource) });

async function count(condition: string): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM mail_queue WHERE ${condition}`,
  );
  return rows[0].n;
}

/** Waits until nothing is left to be sent. */
const queueIsDone = (seconds?: number) =>
  until(async () => (await count('sent_at IS NULL AND failed_at IS NULL')) === 0, seconds);

async function startService(smtpUrl: string): Promise<INestApplicationContext> {
  const config = loadConfig({ DATABASE_URL: database.url, SMTP_URL: smtpUrl, LOG_LEVEL: 'silent' });
  return (await createApp(config, AppModule.forRoot(config), AppModule.apis)).init();
}

describe('an order that cannot be served', () => {
  test('makes a mail to the buyers, through the whole service', async () => {
    const server = await smtpServer();
    const app = await startService(server.url);
    const [sku, order, batch] = [randomSku(), randomOrderId(), randomRef()];
    try {
      const bus = app.get(CommandBus);
      await bus.execute(new CreateBatch(batch, sku, 9));
      await bus.execute(new Allocate(new OrderLine(order, sku, 10)));
      await until(() => server.received.length > 0);
    } finally {
      await app.close();
    }

    const [mail] = server.received;
    expect(mail.envelope).toEqual({ from: 'allocations@example.com', to: ['stock@made.com'] });
    expect(mail.subject).toBe(`Out of stock for ${sku}`);
    expect(mail.text).toContain(`"${order}" asked for 10 pieces`);
    expect(server.received).toHaveLength(1);
  });

  test('that is oversized by mistake does not mute the alert when the SKU is sold out (rule 22)', async () => {
    const server = await smtpServer();
    const app = await startService(server.url);
    const sku = randomSku();
    try {
      const bus = app.get(CommandBus);
      const order = (id: string, qty: number) => bus.execute(new Allocate(new OrderLine(id, sku, qty)));
      await bus.execute(new CreateBatch(randomRef(), sku, 6));
      await bus.execute(new CreateBatch(randomRef(), sku, 3, '2031-01-01'));
      await order('typing error', 1_000_000);
      await order('large', 7);
      await order('first', 6);
      await order('second', 3);
      await order('third', 1);
      await order('fourth', 1);
      await queueIsDone();
    } finally {
      await app.close();
    }
    expect(server.subjects).toEqual([`Out of stock for ${sku}`, `Out of stock for ${sku}`]);
    const texts = server.received.map(({ text }) => text).toSorted();
    expect(texts[0]).toContain('has anything left');
    expect(texts[0]).toContain('"third" asked for 1 piece,');
    expect(texts[1]).toContain('all batches together have 9 pieces');
    expect(texts[1]).toContain('"typing error" asked for 1000000 pieces');
  });

  test('makes one more mail when nothing is left, also where an older version told the buyers', async () => {
    const { instance: buyers, mailer } = await withMemory();
    // By an event and a row of the version that did not record what was left.
    await sql.query(
      `INSERT INTO stock_alerts (sku, refused_sequence, alerted_sequence, refusal)
       VALUES ('LAMP', 4, 2, '{"eventId": "e", "orderId": "o4", "qty": 1, "occurredAt": "2031-01-01T12:00:00.000Z"}')`,
    );
    await buyers.handle(outOfStock('LAMP', 5, 'o5', 10, null));
    await buyers.handle(outOfStock('LAMP', 6, 'o6', 10, 3));
    await buyers.handle(outOfStock('LAMP', 7, 'o7', 1, 0));
    await buyers.handle(outOfStock('LAMP', 8, 'o8', 1, 0));
    await queueIsDone();
    expect(mailer.sent.map(({ text }) => /"(o\d)"/.exec(text)?.[1])).toEqual(['o7']);
  });

  test('makes its two mails once, whatever comes twice, in any order, to any instance', async () => {
    const several = await Promise.all([withMemory(), withMemory(), withMemory()]);
    const skus = Array.from({ length: 20 }, () => randomSku());
    const events = skus.flatMap((sku) => [outOfStock(sku, 2, 'o2', 99, 9), outOfStock(sku, 3, 'o3', 1, 0)]);
    await several[0].instance.handle(...events.filter(({ sequence }) => sequence === 2));
    await Promise.all(
      several.map(({ instance: one }, index) =>
        one.handle(...(index % 2 ? events.toReversed() : events), ...events),
      ),
    );
    await queueIsDone();
    const expected = skus.flatMap((sku) => [`Out of stock for ${sku}`, `Out of stock for ${sku}`]).toSorted();
    expect(several.flatMap(({ subjects }) => subjects()).toSorted()).toEqual(expected);
    // Nor when somebody emptied what is known of the alerts.
    await sql.query('TRUNCATE stock_alerts');
    for (const event of events) await several[1].instance.handle(event);
    await queueIsDone();
    expect(await count('true')).toBe(expected.length);
  });

  test('makes one mail, about the first such order, until stock arrives (rule 22)', async () => {
    const { instance: buyers, mailer, subjects } = await withMemory();
    await buyers.handle(
      batchCreated('LAMP', 1),
      outOfStock('LAMP', 2),
      outOfStock('LAMP', 3),
      outOfStock('RUG', 7),
    );
    await buyers.handle(outOfStock('LAMP', 4));
    await buyers.handle(quantityChanged('LAMP', 5, 3, 5), outOfStock('LAMP', 6));
    await queueIsDone();
    expect(subjects().toSorted()).toEqual(['Out of stock for LAMP', 'Out of stock for RUG']);
    expect(mailer.sent.find(({ subject }) => subject.endsWith('LAMP'))?.text).toContain('"o2"');
  });

  test.each([
    ['a new batch', batchCreated('LAMP', 3)],
    ['a batch that grows', quantityChanged('LAMP', 3, 6, 5)],
  ])('makes another mail after %s', async (_, arrival) => {
    const { instance: buyers, subjects } = await withMemory();
    await buyers.handle(outOfStock('LAMP', 2));
    await buyers.handle(arrival);
    await buyers.handle(outOfStock('LAMP', 4));
    await queueIsDone();
    expect(subjects()).toHaveLength(2);
  });

  test('makes no second mail when events come twice or out of order', async () => {
    const { instance: buyers, subjects } = await withMemory();
    const events = [
      batchCreated('LAMP', 1),
      outOfStock('LAMP', 2),
      batchCreated('LAMP', 3),
      outOfStock('LAMP', 4),
    ];
    for (const event of events) await buyers.handle(event);
    for (const event of [...events, ...events.toReversed()]) await buyers.handle(event);
    await buyers.handle(...events, ...events.toReversed());
    await queueIsDone();
    expect(subjects()).toHaveLength(2);
  });

  test('makes its mail when stock that arrived before it is told of late', async () => {
    const { instance: buyers, mailer } = await withMemory();
    await buyers.handle(outOfStock('LAMP', 2));
    await buyers.handle(outOfStock('LAMP', 4));
    await buyers.handle(batchCreated('LAMP', 3));
    await queueIsDone();
    expect(mailer.sent.map(({ text }) => /"(o\d)"/.exec(text)?.[1]).toSorted()).toEqual(['o2', 'o4']);
  });

  test.each([
    ['of known SKUs', true],
    ['of new SKUs', false],
  ])('makes one mail however many instances refuse orders %s', async (_, isKnown) => {
    const several = await Promise.all([withMemory(), withMemory(), withMemory()]);
    const skus = Array.from({ length: 30 }, () => randomSku());
    if (isKnown) await several[0].instance.handle(...skus.map((sku) => batchCreated(sku, 1)));
    await Promise.all(
      several.map(({ instance: one }, index) => {
        const events = skus.map((sku) => outOfStock(sku, index + 2));
        return one.handle(...(index % 2 ? events.toReversed() : events));
      }),
    );
    await queueIsDone();
    const expected = skus.map((sku) => `Out of stock for ${sku}`).toSorted();
    expect(several.flatMap(({ subjects }) => subjects()).toSorted()).toEqual(expected);
  });

  test('of many products is heard of by several instances at the same time without a deadlock', async () => {
    const several = await Promise.all([withMemory(), withMemory(), withMemory()]);
    const skus = Array.from({ length: 3_000 }, () => randomSku());
    for (const sequence of [1, 2]) {
      const events = skus.map((sku) => batchCreated(sku, sequence));
      await Promise.all(
        several.map(({ instance: one }, index) => one.handle(...(index % 2 ? events.toReversed() : events))),
      );
    }
    const { rows } = await sql.query('SELECT DISTINCT arrived_sequence::int FROM stock_alerts');
    expect(rows).toEqual([{ arrived_sequence: 2 }]);
  });

  test('makes no second mail after the alerts were emptied', async () => {
    const { instance: buyers, subjects } = await withMemory();
    const event = outOfStock('LAMP', 2);
    await buyers.handle(event);
    await sql.query('TRUNCATE stock_alerts');
    await buyers.handle(event);
    await queueIsDone();
    expect(subjects()).toHaveLength(1);
  });

  test('does not wait for the mail server', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const server = await smtpServer({ onMail: () => gate });
    const buyers = await instance(server.url);
    await buyers.handle(...Array.from({ length: 10 }, () => outOfStock(randomSku(), 1)));
    expect(await count('sent_at IS NULL')).toBe(10);
    await until(() => server.openConnections === 3);
    // No more than can be sent at once are taken: the lease of the others would run out meanwhile.
    expect(await count('attempts > 0')).toBe(3);
    release();
    await until(() => server.received.length === 10);
  });

  test('fails and leaves nothing behind when the mail cannot be queued', async () => {
    const { instance: buyers, subjects } = await withMemory();
    const event = outOfStock('LAMP', 2);
    await sql.query('ALTER TABLE mail_queue RENAME TO gone');
    await expect(buyers.handle(event)).rejects.toThrow('mail_queue');
    await sql.query('ALTER TABLE gone RENAME TO mail_queue');
    await buyers.handle(event);
    await queueIsDone();
    expect(subjects()).toHaveLength(1);
  });

  test.each([
    ['line breaks', 'X\r\nBcc: spy@example.com\r\n\r\nBuy now'],
    ['an encoded word', '=?utf-8?Q?X=0D=0ABcc:_spy@example.com?='],
    ['255 strange characters', '\u{1f6cb}\u202e\u0001,<>"\\'.repeat(40).slice(0, 255)],
    ['255 line breaks', '\n'.repeat(255)],
  ])('makes a harmless mail of a SKU with %s', async (_, sku) => {
    const server = await smtpServer();
    const buyers = await instance(server.url);
    await buyers.handle(outOfStock(sku, 1, sku));
    await queueIsDone();

    const [{ subject, text, headers, envelope }] = server.received;
    expect(subject).toMatch(/^Out of stock for [^\p{C}\p{Zl}\p{Zp}]+$/u);
    expect(envelope.to).toEqual(['buyers@example.com']);
    expect(headers.map(({ key }) => key)).not.toContain('bcc');
    expect(JSON.parse(/SKU (".*") has/u.exec(text!)![1])).toBe(sku);
  });
});

describe('the sender', () => {
  test('sends a mail as soon as it is queued', async () => {
    const { instance: buyers, mailer } = await withMemory();
    const watch = new Stopwatch();
    for (let i = 1; i <= 20; i++) {
      await buyers.handle(outOfStock(randomSku(), 1));
      await until(() => mailer.sent.length === i);
    }
    // Looking once a second would take more than 19.
    expect(watch.stop()).toBeLessThan(15_000);
  });

  test('notices a mail that is queued while it looks for others', async () => {
    const queueing = class extends MailQueue {
      private isFirst = true;

      override async claim(limit: number) {
        const mails = await super.claim(limit);
        await until(() => instances.length > 0);
        if (this.isFirst) await instances[0].handle(outOfStock(randomSku(), 1));
        this.isFirst = false;
        return mails;
      }
    };
    let ms = 0;
    for (let i = 1; i <= 20; i++) {
      const { instance: buyers, mailer } = await withMemory(withQueue(queueing));
      const watch = new Stopwatch();
      await until(() => mailer.sent.length === 1);
      ms += watch.stop();
      await buyers.stop();
      instances.pop();
    }
    // Looking again after a second would take more than 20.
    expect(ms).toBeLessThan(18_000);
  });

  test('sends what another instance has queued and not sent', async () => {
    const first = await withMemory(
      withQueue(
        class extends MailQueue {
          override claim = () => Promise.resolve([]);
        },
      ),
    );
    const second = await withMemory();
    await first.instance.handle(outOfStock('LAMP', 1));
    await until(() => second.mailer.sent.length === 1);
    expect(first.mailer.sent).toEqual([]);
  });

  test('sends everything once after the mail server was down', async () => {
    const down = await smtpServer();
    await down.stop();
    const buyers = await instance(down.url);
    const skus = Array.from({ length: 10 }, () => randomSku());
    await buyers.handle(...skus.map((sku) => outOfStock(sku, 1)));
    await until(async () => (await count('error IS NOT NULL')) === 10);

    const up = await smtpServer({ port: down.port });
    await queueIsDone(20);
    expect(up.subjects.toSorted()).toEqual(skus.map((sku) => `Out of stock for ${sku}`).toSorted());
    expect(await count('error IS NULL AND attempts > 1')).toBe(10);
  });

  test('waits longer after each attempt', async () => {
    const down = await smtpServer();
    await down.stop();
    const buyers = await instance(down.url);
    await buyers.handle(outOfStock('LAMP', 1));
    await until(async () => (await count('attempts = 1 AND error IS NOT NULL')) === 1);
    await sql.query('UPDATE mail_queue SET attempts = 8, error = NULL, due_at = now()');
    await until(async () => (await count('attempts = 9 AND error IS NOT NULL')) === 1);
    expect(await count(`due_at BETWEEN now() + interval '120 s' AND now() + interval '260 s'`)).toBe(1);
  });

  test('keeps a mail that is refused for good, says so, and goes on with the others', async () => {
    const onMail = ({ subject }: ReceivedMail) => {
      if (subject?.endsWith('CURSED')) throw new Refusal(554, 'We do not want that');
    };
    const server = await smtpServer({ onMail });
    const buyers = await instance(server.url);
    await buyers.handle(outOfStock('CURSED', 1));
    await buyers.handle(...Array.from({ length: 5 }, () => outOfStock(randomSku(), 1)));
    await queueIsDone();
    expect(server.received).toHaveLength(5);
    expect(await count(`subject LIKE '%CURSED' AND failed_at IS NOT NULL AND error LIKE '%554%'`)).toBe(1);
    expect(buyers.log).toContainEqual(expect.stringMatching(/CURSED.*refused for good.*We do not want that/));
  });

  test('gives up only after days, and keeps the error', async () => {
    const server = await smtpServer({
      onRecipient: () => {
        throw new Refusal(450, 'Come back later');
      },
    });
    const buyers = await instance(server.url);
    await buyers.handle(outOfStock('YOUNG', 1), outOfStock('OLD', 1));
    await until(async () => (await count('error IS NOT NULL')) === 2);
    await sql.query(
      `UPDATE mail_queue SET due_at = now(), attempts = 900,
         queued_at = now() - CASE WHEN subject LIKE '%OLD' THEN interval '121 hours' ELSE interval '119 hours' END`,
    );
    await until(
      async () =>
        (await count("attempts > 900 AND due_at > now() + interval '61 s' OR failed_at IS NOT NULL")) === 2,
    );
    expect(await count(`subject LIKE '%OLD' AND failed_at IS NOT NULL AND error LIKE '%450%'`)).toBe(1);
    expect(await count(`subject LIKE '%YOUNG' AND failed_at IS NULL`)).toBe(1);
    expect(buyers.log).toContainEqual(expect.stringMatching(/OLD.*given up.*Come back later/));
  });

  test('cuts off a server that hangs, and tries again', async () => {
    let hangs = true;
    const server = await smtpServer({ onMail: () => (hangs ? new Promise(() => undefined) : undefined) });
    const impatient = new SmtpMailer(server.url, 'allocations@example.com', {
      ...new SmtpTimeouts(),
      silence: 200,
    });
    const buyers = await instance(server.url, (module) =>
      module.overrideProvider(Mailer).useValue(impatient),
    );
    await buyers.handle(outOfStock('LAMP', 1));
    await until(async () => (await count('error IS NOT NULL')) === 1);
    hangs = false;
    await queueIsDone();
    expect(server.subjects).toEqual(['Out of stock for LAMP']);
  });

  test('is not held up by one mail that hangs', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const server = await smtpServer({
      onMail: ({ subject }) => (subject?.endsWith('SLOW') ? gate : undefined),
    });
    const buyers = await instance(server.url);
    await buyers.handle(outOfStock('SLOW', 1));
    await buyers.handle(...Array.from({ length: 20 }, () => outOfStock(randomSku(), 1)));
    await until(() => server.received.length === 20);
    release();
    await queueIsDone();
  });

  test('shares the mails with those of other instances, each mail sent once', async () => {
    const [server, other] = await Promise.all([smtpServer(), smtpServer()]);
    const [first, second] = await Promise.all([instance(server.url), instance(other.url)]);
    const skus = Array.from({ length: 60 }, () => randomSku());
    await Promise.all([
      first.handle(...skus.slice(0, 30).map((sku) => outOfStock(sku, 1))),
      second.handle(...skus.slice(30).map((sku) => outOfStock(sku, 1))),
    ]);
    await queueIsDone();
    const sent = [...server.subjects, ...other.subjects];
    expect(sent.toSorted()).toEqual(skus.map((sku) => `Out of stock for ${sku}`).toSorted());
    expect(server.received.length * other.received.length).toBeGreaterThan(0);
  });

  test('repeats, with the same Message-ID, a mail whose sender died before it could say that it was sent', async () => {
    const server = await smtpServer();
    const dying = await instance(
      server.url,
      withQueue(
        class extends MailQueue {
          override markSent = () => Promise.reject(new Error('no database'));
        },
      ),
    );
    await dying.handle(outOfStock('LAMP', 1));
    await until(() => server.received.length === 1);
    await dying.stop();
    // Nobody touches the mail while it is leased.
    const heir = await instance(server.url);
    await heir.handle(outOfStock('RUG', 1));
    await until(() => server.received.length === 2);
    expect(server.subjects).toEqual(['Out of stock for LAMP', 'Out of stock for RUG']);

    await sql.query('UPDATE mail_queue SET due_at = now() WHERE sent_at IS NULL');
    await queueIsDone();
    expect(server.subjects).toEqual([
      'Out of stock for LAMP',
      'Out of stock for RUG',
      'Out of stock for LAMP',
    ]);
    expect(server.received[2].messageId).toBe(server.received[0].messageId);
  });

  test('sends nothing twice because the database was away when a mail was sent', async () => {
    const server = await smtpServer({
      onMail: async ({ subject }) => {
        if (subject?.endsWith('LAMP')) await sql.query('ALTER TABLE mail_queue RENAME TO gone');
      },
    });
    const buyers = await instance(server.url);
    await buyers.handle(outOfStock('LAMP', 1));
    await until(() => buyers.log.some((line) => line.includes('Could not note')));
    // As if the database had been away for longer than the lease.
    await sql.query('UPDATE gone SET due_at = now()');
    await sql.query('ALTER TABLE gone RENAME TO mail_queue');
    await queueIsDone();
    expect(server.received).toHaveLength(1);
  });

  test('gets over a database that is away, and complains once', async () => {
    let claims = 0;
    const counting = class extends MailQueue {
      override claim(limit: number) {
        claims += 1;
        return super.claim(limit);
      }
    };
    const { instance: buyers, mailer } = await withMemory(withQueue(counting));
    await sql.query('ALTER TABLE mail_queue RENAME TO gone');
    const before = claims;
    await until(() => claims > before + 2);
    await sql.query('ALTER TABLE gone RENAME TO mail_queue');
    await buyers.handle(outOfStock('LAMP', 1));
    await until(() => mailer.sent.length === 1);
    expect(buyers.log.filter((line) => line.includes('Could not look for mails'))).toHaveLength(1);
  });

  test('logs the mails when there is no mail server', async () => {
    const buyers = await instance();
    await buyers.handle(outOfStock('LAMP', 1, 'order-1'));
    await queueIsDone();
    expect(buyers.log).toContainEqual(expect.stringMatching(/\*\*\*@example.com.*Out of stock for LAMP/));
    expect(buyers.log).toContainEqual(expect.stringContaining('order-1'));
    expect(await count('sent_at IS NOT NULL')).toBe(1);
  });

  test('keeps addresses out of the log, also when a mail server repeats them', async () => {
    const onMail = () => {
      throw new Refusal(554, 'There is no buyers@example.com here');
    };
    const server = await smtpServer({ onMail });
    const refused = await instance(server.url);
    await refused.handle(outOfStock('LAMP', 1));
    await until(() => refused.log.some((line) => line.includes('refused for good')));
    const logging = await instance();
    await logging.handle(outOfStock('SOFA', 1));
    await queueIsDone();
    for (const { log } of [refused, logging]) {
      expect(log.join()).toContain('***@example.com');
      expect(log.join()).not.toContain('buyers@');
    }
  });

  test('keeps an address out of the log that is repeated in another form than it was written in', async () => {
    const onRecipient = (address: string) => {
      throw new Refusal(550, `<${address}>, or BUYERS+1@xn--bcher-kva.example, is unknown here`);
    };
    const server = await smtpServer({ onRecipient });
    const refused = await instance(server.url, undefined, 'Buyers+1@B\u00fccher.Example');
    await refused.handle(outOfStock('LAMP', 1));
    await until(() => refused.log.some((line) => line.includes('is unknown here')));
    expect(refused.log.join()).toMatch(/<\*\*\*@\S+>, or \*\*\*@xn--bcher-kva\.example/);
    expect(refused.log.join()).not.toMatch(/buyers/i);
  });

  test('keeps the password to itself', async () => {
    const server = await smtpServer({ password: 'right' });
    const buyers = await instance(server.url.replace('//', '//me:swordfish@'));
    await buyers.handle(outOfStock('LAMP', 1));
    await until(() => buyers.log.some((line) => line.includes('may not enter')));
    expect(buyers.log.join()).not.toContain('swordfish');
    const { rows } = await sql.query('SELECT * FROM mail_queue');
    expect(JSON.stringify(rows)).toContain('may not enter with ***');
    expect(JSON.stringify(rows)).not.toContain('swordfish');
  });
});

describe('the queue', () => {
  let dataSource: DataSource;
  let queue: MailQueue;

  beforeEach(async () => {
    dataSource = await createDataSource(database.url).initialize();
    queue = new MailQueue(dataSource);
  });
  afterEach(() => dataSource.destroy());

  const queueMails = (n: number) =>
    sql.query(
      `INSERT INTO mail_queue (id, recipient, subject, body)
       SELECT gen_random_uuid(), 'buyers@example.com', 'subject ' || i, 'body' FROM generate_series(1, $1) AS i`,
      [n],
    );

  test('hands out each mail once, however many ask at the same time', async () => {
    await queueMails(300);
    const claims = await Promise.all(Array.from({ length: 40 }, () => queue.claim(10)));
    const ids = claims.flatMap((mails) => mails.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(claims.every((mails) => mails.length <= 10)).toBe(true);
    expect(await count('attempts = 1')).toBe(ids.length);
  });

  test('hands out the others while somebody holds on to one', async () => {
    await queueMails(3);
    await sql.query('BEGIN');
    await sql.query('SELECT 1 FROM mail_queue LIMIT 1 FOR UPDATE');
    const mails = await queue.claim(10);
    await sql.query('ROLLBACK');
    expect(mails).toHaveLength(2);
  });

  test('listens to the last who claimed a mail only, but what has been sent has been sent', async () => {
    await queueMails(1);
    const [frozen] = await queue.claim(1);
    expect(await queue.claim(1)).toEqual([]);
    await sql.query('UPDATE mail_queue SET due_at = now()');
    const [heir] = await queue.claim(1);
    expect(heir.id).toBe(frozen.id);

    await queue.putOff(frozen, 'too late', 0);
    await queue.giveUp(frozen, 'too late');
    expect(await count('error IS NULL AND failed_at IS NULL AND due_at > now()')).toBe(1);

    await queue.giveUp(heir, 'refused');
    await queue.markSent([frozen.id]);
    expect(await count('sent_at IS NOT NULL AND failed_at IS NULL')).toBe(1);
  });
});

describe('when the service stops', () => {
  test('a mail under way is finished', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    let hasArrived = false;
    const server = await smtpServer({
      onMail: () => {
        hasArrived = true;
        return gate;
      },
    });
    const buyers = await instance(server.url);
    await buyers.handle(outOfStock('LAMP', 1));
    await until(() => hasArrived);
    const stopping = buyers.stop();
    setImmediate(release);
    await stopping;
    expect(server.received).toHaveLength(1);
    expect(await count('sent_at IS NOT NULL')).toBe(1);
    await until(() => server.openConnections === 0);
  });

  test('a mail that hangs is cut off after a few seconds, and the next instance sends it', async () => {
    let hangs = true;
    let hasArrived = false;
    const server = await smtpServer({
      onMail: () => {
        hasArrived = true;
        return hangs ? new Promise(() => undefined) : undefined;
      },
    });
    const buyers = await instance(server.url);
    await buyers.handle(outOfStock('LAMP', 1));
    await until(() => hasArrived);
    const start = Date.now();
    await buyers.stop();
    expect(Date.now() - start).toBeLessThan(30_000);
    await until(() => server.openConnections === 0);
    expect(await count('error IS NOT NULL')).toBe(1);

    hangs = false;
    await instance(server.url);
    await queueIsDone();
    expect(server.received).toHaveLength(1);
  });

  test('a sender that is idle stops at once', async () => {
    const { instance: buyers, mailer } = await withMemory();
    await buyers.handle(outOfStock('LAMP', 1));
    await until(() => mailer.sent.length === 1);
    const watch = new Stopwatch();
    await buyers.stop();
    // One that sends waits for five seconds.
    expect(watch.stop()).toBeLessThan(5_000);
  });
});
