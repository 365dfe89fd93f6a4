import { CommandBus, CqrsModule, EventsHandler } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { HandlerClaim } from '../../src/allocation/adapters/postgres/outbox';
import { AllocationModule } from '../../src/allocation/allocation.module';
import {
  Allocate,
  Allocated,
  BatchCreated,
  CreateBatch,
  OrderLine,
  OutOfStock,
  type DomainEvent,
  type Recorded,
  type RecordedEventHandler,
} from '../../src/allocation/contracts';
import { LogModule } from '../../src/log/log.module';
import { DatabaseModule } from '../../src/database/database.module';
import { DeadLetters } from '../../src/messaging/delivery/dead-letters';
import { EventDispatcher } from '../../src/messaging/delivery/event-dispatcher';
import { DispatchTimes } from '../../src/messaging/delivery/handler-calls';
import { MessagingModule } from '../../src/messaging/messaging.module';
import { RetryPolicy } from '../../src/messaging/delivery/retry-policy';
import { captureLog } from '../support/captured-log';
import { stockAllocation } from '../support/command-line';
import { randomOrderId, randomRef, randomSku } from '../support/random-refs';
import { MetricsModule } from '../../src/metrics/metrics.module';
import { RetentionModule } from '../../src/retention/retention.module';
import { settingsModule } from '../support/settings-module';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { isDelivered } from '../support/delivered';
import { SentStatements } from '../support/sent-statements';
import { until } from '../support/until';

/** Remembers what it got; does with it what the test says. */
@EventsHandler(BatchCreated, Allocated, OutOfStock)
class First implements RecordedEventHandler {
  readonly got: Recorded[] = [];
  reaction: (recorded: Recorded) => void | Promise<void> = () => {};

  async handle(_event: DomainEvent, recorded: Recorded): Promise<void> {
    this.got.push(recorded);
    await this.reaction(recorded);
  }

  of(sku: string): Recorded[] {
    return this.got.filter(({ event }) => event.sku === sku);
  }
}

@EventsHandler(BatchCreated, Allocated, OutOfStock)
class Second extends First {}

const times = { handlerMs: 300, publisherMs: 100 };
const retries = Object.assign(new RetryPolicy(), { attempts: 4, firstPauseMs: 1, longestPauseMs: 20 });

let database: TestDatabase;
let app: TestingModule;

async function start(url: string): Promise<TestingModule> {
  const module = await Test.createTestingModule({
    imports: [
      settingsModule({ DATABASE_URL: url }),
      CqrsModule.forRoot(),
      DatabaseModule,
      MetricsModule,
      RetentionModule,
      LogModule,
      AllocationModule.forCommands(),
      MessagingModule.forRoot([]),
    ],
    providers: [First, Second],
  })
    .overrideProvider(HandlerClaim)
    .useValue(new HandlerClaim())
    .overrideProvider(DispatchTimes)
    .useValue(times)
    .overrideProvider(RetryPolicy)
    .useValue(retries)
    .compile();
  module.useLogger(false);
  return module.init();
}

beforeAll(async () => {
  database = await createTestDatabase();
  app = await start(database.url);
});
afterAll(async () => {
  await app.close();
  await database.drop();
});
beforeEach(() => {
  for (const handler of [app.get(First), app.get(Second)]) handler.reaction = () => {};
});

const send = (command: object): Promise<void> => app.get(CommandBus).execute(command);
const createBatch = (sku: string) => send(new CreateBatch(randomRef(), sku, 1));
const rows = (sql: string, parameters: unknown[] = []) =>
  app.get(DataSource).query<Record<string, unknown>[]>(sql, parameters);
const isEmpty = async (table: string) => (await rows(`SELECT 1 FROM ${table} LIMIT 1`)).length === 0;
const allDelivered = () => isDelivered(database.url);

test('each handler gets each event, and nothing is left to deliver', async () => {
  const sku = randomSku();
  await createBatch(sku);
  expect(app.get(First).of(sku)).toHaveLength(1);
  expect(app.get(Second).of(sku)).toEqual(app.get(First).of(sku));
  await until(allDelivered);
});

test('a delivery that failed is tried again for that handler alone, until it succeeds (promise 3)', async () => {
  const sku = randomSku();
  let failures = 2;
  app.get(First).reaction = () => {
    if (failures-- > 0) throw new Error('not yet');
  };
  await createBatch(sku);

  await until(() => app.get(First).of(sku).length === 3);
  await until(() => isEmpty('redeliveries'));
  expect(app.get(Second).of(sku)).toHaveLength(1);
  expect(await isEmpty('dead_letters')).toBe(true);
});

test('a delivery that failed for the last time is a dead letter with its error, which can be replayed alone or with all others', async () => {
  const [sku, other] = [randomSku(), randomSku()];
  app.get(First).reaction = () => Promise.reject(new Error('never'));
  await createBatch(sku);
  await createBatch(other);
  const deadLetters = app.get(DeadLetters);
  await until(async () => (await deadLetters.list(10)).length === 2);

  const dead = await deadLetters.list(10);
  const letter = dead.find((one) => one.sku === sku)!;
  expect(letter).toMatchObject({
    handler: 'First',
    type: 'BatchCreated',
    sequence: 1,
    attempts: 4,
    error: 'never',
  });
  expect(app.get(First).of(sku)).toHaveLength(4);

  app.get(First).reaction = () => {};
  expect(await deadLetters.replay('First', uuid())).toBe(false);
  expect(await deadLetters.replay('First', letter.eventId)).toBe(true);
  await until(() => app.get(First).of(sku).length === 5);
  expect((await deadLetters.list(10)).map((one) => one.sku)).toEqual([other]);

  expect(await deadLetters.replayAll()).toBe(1);
  await until(() => app.get(First).of(other).length === 5);
  await until(() => isEmpty('redeliveries'));
  expect(await deadLetters.list(10)).toEqual([]);
});

test('a handler that hangs is cut off and tried again, and holds up neither the command nor the other handler', async () => {
  const sku = randomSku();
  let hanging = true;
  app.get(First).reaction = () => (hanging ? new Promise(() => {}) : undefined);
  const log = captureLog();
  const isCutOff = () => log.some((line) => line.includes(`First failed to handle BatchCreated of ${sku}`));
  await createBatch(sku);
  // Whoever waited for the handler would be answered after it was cut off.
  expect(isCutOff()).toBe(false);
  expect(app.get(Second).of(sku)).toHaveLength(1);
  hanging = false;

  await until(isCutOff);
  await until(() => app.get(First).of(sku).length === 2);
  await until(() => isEmpty('redeliveries'));
});

test('the events of a large change are pending for whoever published them when a handler failed on the first alone', async () => {
  const sku = randomSku();
  app.get(First).reaction = ({ sequence }) => {
    if (sequence === 1) throw new Error('not this one');
  };
  const recorded = Array.from({ length: 2_500 }, (_, index) => ({
    id: uuid(),
    sequence: index + 1,
    occurredAt: new Date(),
    correlationId: 'c',
    causationId: 'c',
    event: new OutOfStock(sku, `order ${index}`, 1, 0),
  }));
  times.publisherMs = 60_000;
  try {
    expect(await app.get(EventDispatcher).publishAll(recorded)).toEqual(new Set([sku]));
  } finally {
    times.publisherMs = 100;
  }
  await until(() => isEmpty('redeliveries'));
});

describe('events that a dead instance left behind', () => {
  /** Commits like an instance that dies before its handlers run; its claim is over. */
  async function leaveBehind(
    sku: string,
    type: string,
    version: number,
    data: object,
    sequence = 1,
    claim = '-1 s',
  ): Promise<string> {
    const id = uuid();
    await rows(
      `INSERT INTO outbox
         (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data, claimed_until)
       VALUES ($1, $2, $3, $4, $5, now(), 'c', 'c', $6, now() + $7::interval)`,
      [id, type, version, sku, sequence, { sku, ...data }, claim],
    );
    return id;
  }

  test('are delivered by one of several instances, in the order of their sequence', async () => {
    const other = await start(database.url);
    try {
      const skus = Array.from({ length: 10 }, () => randomSku());
      for (const sku of skus) {
        for (let sequence = 1; sequence <= 5; sequence += 1) {
          await leaveBehind(sku, 'OutOfStock', 1, { orderId: randomOrderId(), qty: 1 }, sequence);
        }
      }
      const of = (sku: string) => [...app.get(First).of(sku), ...other.get(First).of(sku)];
      await until(() => skus.every((sku) => of(sku).length >= 5));
      await until(allDelivered);

      for (const sku of skus) {
        expect(
          of(sku)
            .map(({ sequence }) => sequence)
            .sort(),
        ).toEqual([1, 2, 3, 4, 5]);
        for (const instance of [app, other]) {
          const sequences = instance
            .get(First)
            .of(sku)
            .map(({ sequence }) => sequence);
          expect(sequences).toEqual([...sequences].sort());
        }
      }
    } finally {
      await other.close();
    }
  });

  test('are left alone as long as their instance may still be at it', async () => {
    const sku = randomSku();
    const id = await leaveBehind(randomSku(), 'OutOfStock', 1, { orderId: 'o', qty: 1 }, 1, '1 hour');
    // One that comes after it does not wait for it, and is delivered once.
    await leaveBehind(sku, 'OutOfStock', 1, { orderId: 'o', qty: 1 });
    await until(() => app.get(First).of(sku).length === 1);
    const seen = async () =>
      (await rows(`SELECT seen_at FROM readers WHERE name = 'First'`))[0].seen_at as Date;
    const before = await seen();
    await until(async () => (await seen()) > new Date(before.getTime() + 1_000));
    expect(app.get(First).got.filter((one) => one.id === id)).toEqual([]);
    expect(app.get(First).of(sku)).toHaveLength(1);
    await rows('UPDATE log SET claimed_until = now() WHERE id = $1', [id]);
    await until(allDelivered);
    expect(app.get(First).got.filter((one) => one.id === id)).toHaveLength(1);
    expect(app.get(First).of(sku)).toHaveLength(1);
  });

  test('are read even if an older version of the service wrote them, or a newer one added fields', async () => {
    const sku = randomSku();
    await leaveBehind(sku, 'Allocated', 1, {
      orderId: 'o1',
      qty: 2,
      batchRef: 'b1',
      available: 7,
      colour: 'red',
    });
    await until(() => app.get(First).of(sku).length === 1);
    expect(app.get(First).of(sku)[0].event).toEqual(
      new Allocated(sku, 'o1', 2, 'b1', null, 7, 0, false, null, null),
    );
  });

  test('are delivered by the thousand, each SKU in order, also where PostgreSQL last saw none, and told of by summary', async () => {
    await until(allDelivered);
    const log = captureLog();
    const sku = randomSku();
    await rows(
      `INSERT INTO outbox
         (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data, claimed_until)
       SELECT ('01990a5c-7e00-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'OutOfStock', 1, $1 || n % 50, n / 50 + 1, now(),
              'c', 'c', jsonb_build_object('sku', $1::text || n % 50, 'orderId', 'o' || n, 'qty', 1), NULL
       FROM generate_series(0, 19999) n`,
      [sku],
    );
    await until(allDelivered, 100);
    for (let n = 0; n < 50; n += 1) {
      const sequences = app
        .get(First)
        .of(`${sku}${n}`)
        .map(({ sequence }) => sequence);
      expect(sequences).toEqual(Array.from({ length: 400 }, (_, index) => index + 1));
    }
    await until(() => log.some((line) => /Delivered \d+ events from the log"/.test(line)));
    expect(log.length).toBeLessThan(30);
  });

  test('are not delivered twice while a large change before them is about to be handed over', async () => {
    await until(allDelivered);
    const [large, small] = [randomSku(), randomSku()];
    const id = uuid();
    const write = (event: string, sku: string, claim: string) =>
      rows(
        `INSERT INTO outbox
           (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data, claimed_until)
         VALUES ($1, 'OutOfStock', 1, $2, 1, now(), 'c', 'c', $3, now() + $4::interval)`,
        [event, sku, { sku, orderId: 'o1', qty: 1 }, claim],
      );
    await app.get(DataSource).transaction(async (manager) => {
      // So that both are numbered together.
      await manager.query('SELECT FROM log_head FOR NO KEY UPDATE');
      await write(uuid(), large, '8 s');
      await write(id, small, '0 s');
      await manager.query(
        `INSERT INTO handled (first_id, last_id, ids, handlers)
         VALUES ($1, $1, ARRAY[$1::uuid], ARRAY['First/OutOfStock', 'Second/OutOfStock'])`,
        [id],
      );
    });
    await until(() => isEmpty('outbox'));
    // The first of these rounds may have begun before that, the next one has seen both.
    const sent = new SentStatements();
    await until(() => sent.all.filter(({ text }) => text.startsWith('DELETE FROM handled')).length > 1);
    sent.stop();
    // Who keeps up with the log has forgotten it by then.
    await rows(`UPDATE handled SET noted_at = now() - interval '61 s' WHERE first_id = $1`, [id]);
    await until(() => app.get(First).of(large).length === 1);
    await until(allDelivered);
    expect(app.get(First).of(small)).toEqual([]);
  });

  test('do not stop those that follow when their type is unknown', async () => {
    const sku = randomSku();
    await leaveBehind(sku, 'Teleported', 1, {});
    await leaveBehind(sku, 'OutOfStock', 1, { orderId: 'o1', qty: 2 }, 2);
    await until(() => app.get(First).of(sku).length === 1);
    await until(allDelivered);
  });
});

describe('an event to be delivered again', () => {
  /** Notes that First failed on it. */
  const fail = (sku: string, sequence: number) =>
    rows(
      `INSERT INTO redeliveries (reader, sku, sequence, attempts, error, next_attempt_at)
       VALUES ('First', $1, $2, 1, 'not yet', now())`,
      [sku, sequence],
    );
  /** Writes one as an instance does that dies before its handlers run. */
  const write = (sku: string, type: string) =>
    rows(
      `INSERT INTO outbox
         (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data, claimed_until)
       VALUES ($1, $2, 1, $3, 1, now(), 'c', 'c', $4, now())`,
      [uuid(), type, sku, { sku, orderId: 'o1', qty: 1 }],
    );

  test('is not tried for ever when it is no longer retained: the log says so', async () => {
    const log = captureLog();
    const sku = randomSku();
    await fail(sku, 7);
    await until(() => isEmpty('redeliveries'));
    await until(() => log.join().includes(`First had failed on event 7 of ${sku}, no longer retained`));
    expect(app.get(First).of(sku)).toEqual([]);
  });

  test('is delivered also while it is not numbered yet', async () => {
    const sku = randomSku();
    await app.get(DataSource).transaction(async (manager) => {
      await manager.query('SELECT FROM log_head FOR NO KEY UPDATE');
      await write(sku, 'OutOfStock');
      await fail(sku, 1);
      await until(() => app.get(First).of(sku).length === 1);
    });
    await until(allDelivered);
  });

  test('counts as failed, and is not lost, when only a newer version of the service knows its type (promise 3)', async () => {
    const sku = randomSku();
    await write(sku, 'Teleported');
    await fail(sku, 1);
    await until(async () => (await app.get(DeadLetters).list(10)).some((letter) => letter.sku === sku));
    const [letter] = await app.get(DeadLetters).list(1);
    expect(letter.error).toBe('Only a newer version of the service knows the type Teleported');
    await rows('DELETE FROM dead_letters');
    await until(allDelivered);
  });

  test('counts as failed, and is not lost, when only another version of the handler listens to its type (promise 3)', async () => {
    const sku = randomSku();
    await write(sku, 'Dispatched');
    await fail(sku, 1);
    await until(async () => (await app.get(DeadLetters).list(10)).some((letter) => letter.sku === sku));
    const [letter] = await app.get(DeadLetters).list(1);
    expect(letter.error).toBe('This version of First does not listen to Dispatched');
    await rows('DELETE FROM dead_letters');
  });
});

test('a handler that is replayed on the command line gets again what it has had, and no other does', async () => {
  const own = await createTestDatabase();
  const replayed = await start(own.url);
  try {
    const sku = randomSku();
    await replayed.get(CommandBus).execute(new CreateBatch(randomRef(), sku, 1));
    await until(() => isDelivered(own.url));
    const { code } = await stockAllocation(['replay', 'First'], { DATABASE_URL: own.url });
    expect(code).toBe(0);
    await until(() => replayed.get(First).of(sku).length > 1);
    await until(() => isDelivered(own.url));
    expect(replayed.get(First).of(sku)).toMatchObject([{ sequence: 1 }, { sequence: 1 }]);
    expect(replayed.get(Second).of(sku)).toHaveLength(1);
  } finally {
    await replayed.close();
    await own.drop();
  }
});

test('what settled just before a shutdown is noted before the database is let go', async () => {
  const other = await start(database.url);
  await other.get(CommandBus).execute(new CreateBatch(randomRef(), randomSku(), 1));
  await other
    .get(CommandBus)
    .execute(new Allocate(new OrderLine(randomOrderId(), randomSku(), 1)))
    .catch(() => {});
  await other.close();
  await until(allDelivered);
});
