import type { Type } from '@nestjs/common';
import { CommandBus, CqrsModule, EventsHandler } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { AllocationModule } from '../../src/allocation/allocation.module';
import {
  BatchCreated,
  CreateBatch,
  type DomainEvent,
  eventSchemas,
  eventTypes,
  OutOfStock,
  type Recorded,
  type RecordedEventHandler,
} from '../../src/allocation/contracts';
import { DatabaseModule } from '../../src/database/database.module';
import { LogSequencer, OrderedDelivery, Readers } from '../../src/log/contracts';
import { LogModule } from '../../src/log/log.module';
import { DeadLetters, LogReader } from '../../src/messaging/contracts';
import { DispatchTimes } from '../../src/messaging/delivery/handler-calls';
import { MessagingModule } from '../../src/messaging/messaging.module';
import { RetryPolicy } from '../../src/messaging/delivery/retry-policy';
import { captureLog } from '../support/captured-log';
import { isDelivered } from '../support/delivered';
import { randomRef } from '../support/random-refs';
import { MetricsModule } from '../../src/metrics/metrics.module';
import { RetentionModule } from '../../src/retention/retention.module';
import { settingsModule } from '../support/settings-module';
import { query } from '../support/sql';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';
import { writeEvents } from '../support/written-events';

class Teleported {
  constructor(readonly sku: string) {}
}

/** What came to any instance, in that order, and what to do with it. */
let came: string[] = [];
let behave: (event: string) => void | Promise<void> = () => {};
const of = (sku: string) => came.filter((event) => event.startsWith(`${sku} `));

const READER = { name: 'in-order', beginsWith: 'beginning', ordered: true } as const;

@LogReader(READER)
@EventsHandler(BatchCreated, OutOfStock)
class InOrder implements RecordedEventHandler {
  async handle({ sku }: DomainEvent, { sequence }: Recorded): Promise<void> {
    await behave(`${sku} ${sequence}`);
    came.push(`${sku} ${sequence}`);
  }
}

/** The same in a version before, which listened to less. */
@LogReader(READER)
@EventsHandler(BatchCreated)
class InOrderBefore extends InOrder {}

/** The same in the next version of the service, which knows a type more. */
@LogReader(READER)
@EventsHandler(BatchCreated, OutOfStock, Teleported)
class InOrderLater extends InOrder {}

let database: TestDatabase;
let apps: TestingModule[];

beforeEach(async () => {
  database = await createTestDatabase();
  apps = [];
  came = [];
  behave = () => {};
});
afterEach(async () => {
  await Promise.all(apps.map((app) => app.close()));
  await database.drop();
});

async function start(
  handler: Type<RecordedEventHandler> = InOrder,
  { attempts = 3, publisherMs = 500 } = {},
): Promise<TestingModule> {
  const module = await Test.createTestingModule({
    imports: [
      settingsModule({ DATABASE_URL: database.url }),
      CqrsModule.forRoot(),
      DatabaseModule,
      MetricsModule,
      RetentionModule,
      LogModule,
      AllocationModule.forCommands(),
      MessagingModule.forRoot([]),
    ],
    providers: [handler],
  })
    .overrideProvider(DispatchTimes)
    .useValue({ handlerMs: 1_000, publisherMs })
    .overrideProvider(RetryPolicy)
    .useValue(Object.assign(new RetryPolicy(), { attempts, firstPauseMs: 20, longestPauseMs: 20 }))
    .compile();
  module.useLogger(false);
  apps.push(module);
  return module.init();
}

/** Writes events of `OutOfStock`, as an instance would. */
async function happened(app: TestingModule, ...events: (readonly [string, number])[]): Promise<void> {
  await writeEvents(app.get(DataSource), events);
  app.get(LogSequencer).wake();
}

const first = (sku: string, count: number) => Array.from({ length: count }, (_, n) => [sku, n + 1] as const);
const names = (events: (readonly [string, number])[]) => events.map((event) => event.join(' '));
const allDelivered = () => until(() => isDelivered(database.url), 20);
const reader = async (app: TestingModule) =>
  (await app.get(Readers).list()).find(({ name }) => name === 'in-order');

test('a handler that asks for order is not called by the command, which does not wait for it', async () => {
  // Longer than the test may take.
  const app = await start(InOrder, { publisherMs: 600_000 });
  let letGo = () => {};
  behave = () => new Promise((resolve) => (letGo = resolve));
  await app.get(CommandBus).execute(new CreateBatch(randomRef(), 'SOFA', 1));
  expect(await app.get(DataSource).query('SELECT FROM handled')).toEqual([]);
  await until(() => {
    letGo();
    return came.length === 1;
  });
  await allDelivered();
  expect(came).toEqual(['SOFA 1']);
});

test('an event that an ordered handler fails on holds back its SKU alone, is tried again, and the others of the SKU follow in order (promise 3)', async () => {
  const app = await start(InOrder, { attempts: 1_000 });
  let isPoisoned = true;
  let attempts = 0;
  behave = (event) => {
    if (event !== 'SOFA 2' || !isPoisoned) return;
    attempts += 1;
    throw new Error('not this one');
  };
  const [sofa, lamp] = [first('SOFA', 5), first('LAMP', 50)];
  await happened(app, ...sofa, ...lamp);
  await until(() => of('LAMP').length === 50 && attempts > 2);
  expect(of('LAMP')).toEqual(names(lamp));
  expect(of('SOFA')).toEqual(['SOFA 1']);
  await until(async () => (await reader(app))?.failing === 1);

  isPoisoned = false;
  await allDelivered();
  expect(of('SOFA')).toEqual(names(sofa));
});

test('an event that an ordered handler failed on for the last time is a dead letter, behind which its SKU goes on, and can be replayed (promise 3)', async () => {
  const app = await start();
  let isPoisoned = true;
  behave = (event) => {
    if (event === 'SOFA 2' && isPoisoned) throw new Error('not this one');
  };
  await happened(app, ...first('SOFA', 4));
  await until(() => of('SOFA').length === 3);
  expect(of('SOFA')).toEqual(['SOFA 1', 'SOFA 3', 'SOFA 4']);
  const deadLetters = app.get(DeadLetters);
  await until(async () => (await deadLetters.list(10)).length === 1);
  const [letter] = await deadLetters.list(10);
  expect(letter).toMatchObject({
    handler: 'in-order',
    sku: 'SOFA',
    sequence: 2,
    attempts: 3,
    error: 'not this one',
  });

  isPoisoned = false;
  expect(await deadLetters.replay('in-order', letter.eventId)).toBe(true);
  await until(() => of('SOFA').length === 4);
  expect(of('SOFA').at(-1)).toBe('SOFA 2');
  await allDelivered();
});

test('an event that an ordered handler failed on waits, with its SKU, while an instance reads whose version does not listen to it (promise 3)', async () => {
  const newer = await start(InOrder, { attempts: 1_000 });
  behave = (event) => {
    if (event === 'SOFA 1') throw new Error('not yet');
  };
  await happened(newer, ...first('SOFA', 2));
  await until(async () => (await reader(newer))?.failing === 1);
  await newer.close();
  const older = await start(InOrderBefore, { attempts: 1_000 });
  await until(async () => {
    const [held] = await query(database.url, 'SELECT error FROM redeliveries');
    return held.error === 'This version of in-order does not listen to OutOfStock';
  });
  await older.close();
  apps = [];
  behave = () => {};
  await start();
  await allDelivered();
  expect(came).toEqual(['SOFA 1', 'SOFA 2']);
});

test('one of two instances hands events to ordered handlers, and the other goes on when it dies: in order, and without a gap (promise 3, promise 5)', async () => {
  const [one, other] = [await start(), await start()];
  const skus = Array.from({ length: 20 }, (_, n) => `SKU-${n}`);
  const events = skus.flatMap((sku) => first(sku, 30));
  behave = () => new Promise((resolve) => setTimeout(resolve, 1));
  await happened(other, ...events);
  await until(() => came.length > 100);
  const [{ holder }] = await query(database.url, `SELECT holder FROM readers WHERE name = 'in-order'`);
  expect(holder).not.toBeNull();
  // Whichever has the lease dies: all that it could note is lost, and its successor begins where it had noted.
  const holderOf = (app: TestingModule) => app.get<Readers, { holder: string }>(Readers).holder;
  const [dying, living] = holderOf(one) === holder ? [one, other] : [other, one];
  await dying.get(DataSource).destroy();
  await living.get(DataSource).query('UPDATE readers SET held_until = now()');
  await allDelivered();
  for (const sku of skus) {
    const got = of(sku).map((event) => Number(event.split(' ')[1]));
    expect([...new Set(got)]).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
  }
  apps.splice(apps.indexOf(dying), 1);
});

test('an ordered handler that is replayed gets everything once more in order, and one that is removed is gone', async () => {
  const app = await start();
  await happened(app, ...first('SOFA', 3));
  await until(() => came.length === 3);
  await allDelivered();
  expect(await app.get(Readers).replay('in-order')).toBe(3);
  await until(() => came.length === 6);
  expect(came).toEqual([...names(first('SOFA', 3)), ...names(first('SOFA', 3))]);

  await app.get(Readers).remove('in-order');
  await happened(app, ['SOFA', 4]);
  await app.get(LogSequencer).number();
  app.get(OrderedDelivery).refresh();
  await app.close();
  apps = [];
  const left = await query(database.url, `SELECT name FROM readers WHERE name = 'in-order'`);
  expect(left).toEqual([]);
});

test('events of a type that only a newer version knows are passed and noted, and come in order when that version reads (promise 3)', async () => {
  const older = await start();
  const log = captureLog();
  await older.get(DataSource).transaction(async (manager) => {
    await writeEvents(manager, [
      ['SOFA', 1],
      ['LAMP', 1],
      ['SOFA', 2],
      ['SOFA', 3],
    ]);
    await manager.query(`UPDATE outbox SET type = 'Teleported' WHERE sku = 'SOFA' AND sequence = 1`);
  });
  older.get(LogSequencer).wake();
  await until(() => came.length === 3);
  expect(of('SOFA')).toEqual(['SOFA 2', 'SOFA 3']);
  expect(log.filter((line) => line.includes('Teleported'))).toHaveLength(1);
  await older.close();
  apps = [];

  Object.assign(eventTypes, { Teleported });
  Object.assign(eventSchemas, { Teleported: { version: 1, description: '', properties: { sku: {} } } });
  try {
    await start(InOrderLater);
    await until(() => came.length === 6);
    expect(of('SOFA').slice(2)).toEqual(['SOFA 1', 'SOFA 2', 'SOFA 3']);
    expect(of('LAMP')).toHaveLength(1);
    await allDelivered();
  } finally {
    delete (eventTypes as Record<string, unknown>).Teleported;
    delete (eventSchemas as Record<string, unknown>).Teleported;
  }
});
