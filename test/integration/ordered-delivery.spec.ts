import type { DataSource } from 'typeorm';
import { connect } from '../../src/database/data-source';
import {
  type DeliveryAttempt,
  LogSequencer,
  OrderedDelivery,
  type OrderedReader,
  Readers,
  type StoredEvent,
  TryLater,
} from '../../src/log/contracts';
import { DeadLetters } from '../../src/messaging/contracts';
import { captureLog } from '../support/captured-log';
import { number } from '../support/numbered';
import { Stopwatch } from '../support/stalls';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';
import { eventsOfSku, writeEvents } from '../support/written-events';

captureLog();

let database: TestDatabase;
let dataSource: DataSource;
let sequencer: LogSequencer;
let readers: Readers;
const instances: Instance[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  dataSource = await connect(database.url);
  sequencer = new LogSequencer(dataSource);
  readers = new Readers(dataSource);
});
afterEach(async () => {
  await Promise.all(instances.splice(0).map((instance) => instance.stop()));
  await dataSource.destroy();
  await database.drop();
});

/** A reader that remembers what came to it, and fails as it is told. */
class TestReader implements OrderedReader {
  readonly came: string[] = [];
  readonly attempts = new Map<string, number>();
  filter = {};
  retries = 0;
  /** What to do with an event before it counts as handed over. */
  behave: (event: string, attempt: DeliveryAttempt) => Promise<void> | void = () => {};

  constructor(
    readonly name = 'reader',
    readonly pauses: readonly number[] = [50],
  ) {}

  async deliver({ sku, sequence }: StoredEvent, attempt: DeliveryAttempt): Promise<void> {
    const event = `${sku} ${sequence}`;
    this.attempts.set(event, (this.attempts.get(event) ?? 0) + 1);
    await this.behave(event, attempt);
    this.came.push(event);
  }

  pauseAfter: OrderedReader['pauseAfter'] = (attempts) =>
    this.pauses[attempts - 1] ?? (this.retries > attempts ? this.pauses.at(-1)! : 'give up');

  of(sku: string): string[] {
    return this.came.filter((event) => event.startsWith(`${sku} `));
  }
}

/** An instance that reads for some readers. */
class Instance {
  readonly dataSource: Promise<DataSource>;
  private delivery?: OrderedDelivery;

  constructor(
    readonly all: OrderedReader[],
    own = connect(database.url),
  ) {
    this.dataSource = own;
    instances.push(this);
  }

  static async start(...all: OrderedReader[]): Promise<Instance> {
    for (const { name } of all) await readers.register(name, 'webhook', 'beginning');
    const instance = new Instance(all);
    const dataSource = await instance.dataSource;
    instance.delivery = new OrderedDelivery(dataSource, new Readers(dataSource), sequencer);
    instance.delivery.follow(async () => instance.all);
    instance.delivery.onApplicationBootstrap();
    return instance;
  }

  refresh(): void {
    this.delivery!.refresh();
  }

  private stopped?: Promise<void>;
  stop(): Promise<void> {
    this.stopped ??= (async () => {
      await this.delivery?.beforeApplicationShutdown();
      await (await this.dataSource).destroy();
    })();
    return this.stopped;
  }

  /** As if it died: its connections are cut, so that it can note nothing more. */
  async die(): Promise<void> {
    this.stopped = (await this.dataSource).destroy();
    await this.stopped;
  }
}

async function happened(...events: (readonly [string, number])[]): Promise<void> {
  await writeEvents(dataSource, events);
  await number(dataSource, sequencer);
}

const reader = async (name = 'reader') => (await readers.list()).find((each) => each.name === name)!;
const heldRows = () =>
  dataSource.query<{ sku: string; sequence: string }[]>('SELECT sku, sequence FROM redeliveries ORDER BY 1');
/** Leases of the dead last seconds, for which a test need not wait. */
const endLeases = () => dataSource.query('UPDATE readers SET held_until = now()');
const sequences = (sku: string, to: number) => eventsOfSku(sku, 1, to).map((event) => event.join(' '));

test('events come in the order of their SKU, those of different SKUs side by side (promise 5)', async () => {
  const one = new TestReader();
  let under = 0;
  let most = 0;
  one.behave = async () => {
    most = Math.max(most, (under += 1));
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
    under -= 1;
  };
  await Instance.start(one);
  const skus = Array.from({ length: 20 }, (_, n) => `SKU${n}`);
  for (let n = 1; n <= 20; n += 1) await happened(...skus.map((sku) => [sku, n] as const));
  await until(() => one.came.length === 400);
  for (const sku of skus) expect(one.of(sku)).toEqual(sequences(sku, 20));
  expect(most).toBe(8);
  await until(async () => (await reader()).lag === 0);
  expect((await reader()).position).toBe(400);
});

test('a reader gets the types and SKUs that it asks for, and its position moves on over the others', async () => {
  const some = new TestReader('some');
  some.filter = { types: ['OutOfStock'], skus: ['B'] };
  const none = new TestReader('none');
  none.filter = { types: ['Allocated'] };
  await Instance.start(some, none);
  await happened(['A', 1], ['B', 1], ['A', 2]);
  await until(() => some.came.length === 1);
  await until(async () => (await reader('some')).position === 3 && (await reader('none')).position === 3);
  expect(some.came).toEqual(['B 1']);
  expect(none.came).toEqual([]);
});

test('an event that fails holds back only its SKU, and the position moves on', async () => {
  const one = new TestReader();
  one.retries = Infinity;
  let isBad = true;
  one.behave = (event) => {
    if (event === 'A 2' && isBad) throw new Error('refused');
  };
  await Instance.start(one);
  await happened(...eventsOfSku('A', 1, 5), ...eventsOfSku('B', 1, 5));
  await until(async () => (await reader()).position === 10);
  expect(one.of('A')).toEqual(['A 1']);
  expect(one.of('B')).toHaveLength(5);
  // One row, however much waits.
  expect(await heldRows()).toEqual([{ sku: 'A', sequence: '2' }]);
  await happened(['A', 6], ['B', 6]);
  await until(() => one.came.includes('B 6'));
  isBad = false;
  await until(() => one.came.includes('A 6'));
  expect(one.of('A')).toEqual(sequences('A', 6));
  await until(async () => (await heldRows()).length === 0);
});

test('a SKU that was held goes on in order with what happens meanwhile', async () => {
  const one = new TestReader('reader', [20]);
  one.retries = Infinity;
  one.behave = () => {
    if (Math.random() < 0.3) throw new Error('now and then');
  };
  await Instance.start(one);
  for (let n = 1; n <= 40; n += 1) await happened(['A', 2 * n - 1], ['B', n], ['A', 2 * n]);
  await until(() => one.of('A').length >= 80 && one.of('B').length >= 40, 20);
  expect(one.of('A')).toEqual(sequences('A', 80));
  expect(one.of('B')).toEqual(sequences('B', 40));
  await until(async () => (await heldRows()).length === 0);
});

test('while everything of a reader fails its position stays, and few rows are written', async () => {
  const one = new TestReader('reader', [200]);
  one.retries = Infinity;
  let isDown = true;
  one.behave = () => {
    if (isDown) throw new Error('connection refused');
  };
  const other = new TestReader('other');
  await Instance.start(one, other);
  const skus = Array.from({ length: 100 }, (_, n) => `SKU${String(n).padStart(3, '0')}`);
  await happened(...skus.map((sku) => [sku, 1] as const));
  await until(() => other.came.length === 100);
  await until(async () => (await heldRows()).length >= 3);
  // What is held comes again and again, what is not does not come.
  await until(() => [...one.attempts.values()].some((attempts) => attempts >= 4));
  expect(one.attempts.size).toBeLessThanOrEqual(10);
  expect((await heldRows()).length).toBeLessThanOrEqual(10);
  expect((await reader()).position).toBeLessThanOrEqual(10);
  isDown = false;
  await until(() => one.came.length === 100);
  await until(async () => (await heldRows()).length === 0 && (await reader()).lag === 0);
});

test('a reader that asks for a pause gets nothing until it is over, and no attempt is counted', async () => {
  const one = new TestReader();
  const times: number[] = [];
  one.behave = (_, { number }) => {
    times.push(Date.now());
    expect(number).toBe(1);
    if (times.length === 1) throw new TryLater('busy', 700);
  };
  await Instance.start(one);
  await happened(['A', 1]);
  await until(() => times.length === 1);
  await happened(['B', 1]);
  await until(() => one.came.length === 2);
  expect(times[1] - times[0]).toBeGreaterThanOrEqual(699);
  expect(await heldRows()).toEqual([]);
});

test('an event for which a pause is asked again and again holds back only its SKU, and is given up in the end', async () => {
  const one = new TestReader();
  let hasFailedFor = 0;
  one.pauseAfter = (_, failingForMs) => ((hasFailedFor = failingForMs) >= 30_000 ? 'give up' : 60_000);
  one.behave = (event) => {
    if (event === 'A 1') throw new TryLater('busy', 400);
  };
  await Instance.start(one);
  await happened(['A', 1], ['A', 2], ['B', 1]);
  await until(async () => (await heldRows()).length === 1);
  expect(await heldRows()).toEqual([{ sku: 'A', sequence: '1' }]);
  // It was put off once before, and that counts.
  expect(hasFailedFor).toBeGreaterThanOrEqual(399);
  await until(async () => (await reader()).position === 3);
  // While it waits nothing else does.
  one.behave = (event) => {
    if (event === 'A 1') throw new TryLater('busy', 60_000);
  };
  await until(() => one.attempts.get('A 1')! >= 3);
  await happened(['C', 1]);
  await until(() => one.came.includes('C 1'));
  expect(one.came).toEqual(['B 1', 'C 1']);

  await until(async () => (await reader()).failing === 1);
  await dataSource.query(
    `UPDATE redeliveries SET first_failed_at = now() - interval '1 min', next_attempt_at = now()`,
  );
  await dataSource.query('UPDATE readers SET fence = fence + 1, holder = NULL, held_until = NULL');
  await until(() => one.came.includes('A 2'));
  const letters = new DeadLetters(dataSource);
  await until(async () => (await letters.list(10)).length === 1);
  expect(await letters.list(10)).toMatchObject([{ handler: 'reader', sku: 'A', sequence: 1, error: 'busy' }]);
});

test('an event that is given up becomes a dead letter, and its SKU goes on behind it; replayed, it comes alone', async () => {
  const one = new TestReader('reader', [10, 10]);
  let isBad = true;
  one.behave = (event) => {
    if (event === 'A 2' && isBad) throw new Error('refused');
  };
  await Instance.start(one);
  await happened(...eventsOfSku('A', 1, 4));
  await until(() => one.came.includes('A 4'));
  expect(one.came).toEqual(['A 1', 'A 3', 'A 4']);
  expect(one.attempts.get('A 2')).toBe(3);
  const letters = new DeadLetters(dataSource);
  await until(async () => (await letters.list(10)).length === 1);
  expect(await letters.list(10)).toMatchObject([
    { handler: 'reader', type: 'OutOfStock', sku: 'A', sequence: 2, attempts: 3, error: 'refused' },
  ]);
  isBad = false;
  await letters.replayAll();
  await until(() => one.came.includes('A 2'));
  await until(async () => (await heldRows()).length === 0);
  expect(one.came).toEqual(['A 1', 'A 3', 'A 4', 'A 2']);
});

test('an event that is a dead letter being replayed, and fails once more in its place, holds its SKU for whoever reads next', async () => {
  const one = new TestReader();
  let pauses: number[] = [];
  one.pauseAfter = (attempts) => pauses[attempts - 1] ?? 'give up';
  one.behave = (event) => {
    if (event === 'A 1') throw new Error('refused');
  };
  const first = await Instance.start(one);
  await happened(...eventsOfSku('A', 1, 2));
  await until(() => one.came.includes('A 2'));
  await until(async () => (await reader()).position === 2);
  pauses = [3_600_000, 3_600_000];
  await dataSource.query(
    `INSERT INTO redeliveries (reader, sku, sequence, attempts, error, next_attempt_at, event)
     SELECT handler, 'A', 1, 0, '', now() + interval '1 h', event FROM dead_letters`,
  );
  await readers.replay('reader', 0);
  first.refresh();
  await until(() => one.attempts.get('A 1') === 2);
  await happened(['A', 3]);
  await until(async () => (await reader()).position === 3);
  await first.die();
  await endLeases();

  const two = new TestReader();
  await Instance.start(two);
  await dataSource.query('UPDATE redeliveries SET next_attempt_at = now()');
  await until(() => two.came.includes('A 3'));
  expect(two.came).toEqual(['A 1', 'A 2', 'A 3']);
});

test('a dead letter that is replayed and fails again is one again', async () => {
  const one = new TestReader('reader', [10]);
  one.behave = () => {
    throw new Error('refused');
  };
  await Instance.start(one);
  await happened(['A', 1]);
  const letters = new DeadLetters(dataSource);
  await until(async () => (await letters.list(10)).length === 1);
  await letters.replayAll();
  await until(async () => one.attempts.get('A 1') === 4 && (await letters.list(10)).length === 1);
  expect(await heldRows()).toEqual([]);
});

test('dead letters that are replayed and fail again keep back neither others of their reader nor those of another', async () => {
  const many = new TestReader('many', [60_000]);
  many.retries = Infinity;
  many.behave = (event) => {
    if (event !== 'Z 1') throw new Error('refused');
  };
  const few = new TestReader('few');
  const instance = await Instance.start(many, few);
  const letter = (reader: string, prefix: string, letters: number, due: string) =>
    dataSource.query(
      `INSERT INTO redeliveries (reader, sku, sequence, attempts, error, next_attempt_at, event)
       SELECT $1::text, $2::text || n, 1, 0, '', now() - $4::interval,
              jsonb_build_object('id', gen_random_uuid(), 'type', 'OutOfStock', 'schemaVersion', 2, 'sku', $2::text || n,
                'sequence', 1, 'occurredAt', now(), 'correlationId', 'c', 'causationId', 'c', 'data', '{}'::jsonb)
       FROM generate_series(1, $3) n`,
      [reader, prefix, letters, due],
    );
  await letter('many', 'A', 300, '1 h');
  await letter('few', 'B', 1, '1 min');
  instance.refresh();
  await until(() => few.came.length === 1);
  await dataSource.query(`UPDATE redeliveries SET sku = 'Z', event = event || '{"sku":"Z"}',
    next_attempt_at = now() WHERE sku = 'A300'`);
  await until(() => {
    instance.refresh();
    return many.came.includes('Z 1');
  });
});

test('after a replay events come again, those of each SKU in order', async () => {
  const one = new TestReader();
  const instance = await Instance.start(one);
  await happened(...eventsOfSku('A', 1, 3), ['B', 1]);
  await until(() => one.came.length === 4);
  await until(async () => (await reader()).position === 4);
  expect(await readers.replay('reader', 1)).toBe(3);
  instance.refresh();
  await until(() => one.came.length === 7);
  expect(one.came.slice(4).toSorted()).toEqual(['A 2', 'A 3', 'B 1']);
  expect(one.of('A')).toEqual(['A 1', 'A 2', 'A 3', 'A 2', 'A 3']);
});

test.each([
  ['is read again with its SKU when the replay begins before it', 2, [1, 2, 3, 4, 3, 4, 5, 6, 7, 8]],
  ['stays, with what waits behind it, when the replay begins behind it', 6, [1, 2, 3, 4, 5, 6, 7, 8]],
])('an event that failed %s: in order, though it is due (promise 5)', async (_, after, expected) => {
  const one = new TestReader('reader', [60_000]);
  one.retries = Infinity;
  let isBad = true;
  one.behave = (event) => {
    if (event === 'A 5' && isBad) throw new Error('refused');
  };
  const instance = await Instance.start(one);
  await happened(...eventsOfSku('A', 1, 8));
  await until(async () => (await reader()).position === 8);
  isBad = false;
  await dataSource.query('UPDATE redeliveries SET next_attempt_at = now()');
  await readers.replay('reader', after);
  instance.refresh();
  await until(() => one.came.includes('A 8'));
  await until(async () => (await reader()).lag === 0 && (await heldRows()).length === 0);
  expect(one.of('A')).toEqual(expected.map((sequence) => `A ${sequence}`));
});

/** Has an instance look up who is to be read for. */
async function renewed(instance: Instance): Promise<void> {
  const heldUntil = async () => {
    const [row] = await dataSource.query<{ until: Date }[]>(
      `SELECT held_until AS until FROM readers WHERE name = 'reader'`,
    );
    return row.until.getTime();
  };
  const before = await heldUntil();
  instance.refresh();
  await until(async () => (await heldUntil()) > before);
}

test.each([
  ['replayed', () => readers.replay('reader', 0)],
  ['changed', () => readers.retry('reader')],
])(
  'a reader that is %s stays with the instance that reads for it, which begins anew once nothing is under way (promise 5)',
  async (_, change) => {
    const one = new TestReader();
    let goOn = () => {};
    let closed: AbortSignal | undefined;
    one.behave = (_event, { signal }) => {
      closed = signal;
      return new Promise<void>((resolve) => (goOn = resolve));
    };
    const first = await Instance.start(one);
    await happened(...eventsOfSku('A', 1, 3));
    await until(() => one.attempts.size === 1);
    const two = new TestReader();
    const second = await Instance.start(two);
    // The other instance is asked for it while an event is under way, and looks the reader up at once.
    await change();
    second.refresh();
    await until(() => closed!.aborted);
    // Two more looks at who is to be read for, the first of which has come to its end then.
    for (let looks = 0; looks < 2; looks += 1) await renewed(first);
    expect(one.attempts.get('A 1')).toBe(1);
    one.behave = () => {};
    goOn();
    await until(() => one.attempts.get('A 1') === 2);
    await until(async () => (await reader()).lag === 0);
    expect(one.of('A')).toEqual(['A 1', ...sequences('A', 3)]);
    expect(two.attempts.size).toBe(0);
  },
);

test('one instance at a time reads for a reader, and when it dies another goes on where that was (promise 3)', async () => {
  const one = new TestReader('reader', [200]);
  one.retries = Infinity;
  one.behave = (event) => {
    if (event === 'A 2') throw new Error('refused');
  };
  const first = await Instance.start(one);
  await happened(...eventsOfSku('A', 1, 3), ...eventsOfSku('B', 1, 50));
  await until(async () => (await reader()).position === 53);
  const two = new TestReader('reader');
  await Instance.start(two);
  await happened(['B', 51]);
  await until(async () => (await reader()).position === 54);
  expect(two.came).toEqual([]);

  await first.die();
  await endLeases();
  await happened(['A', 4], ['B', 52]);
  await until(() => two.came.includes('A 4') && two.came.includes('B 52'));
  expect(two.came.filter((event) => event.startsWith('A'))).toEqual(['A 2', 'A 3', 'A 4']);
  expect(two.of('B')).toEqual(['B 52']);
});

/** Another instance has taken over, and has come no further yet. */
const takeOver = () =>
  dataSource.query(
    `UPDATE readers SET fence = fence + 1, holder = gen_random_uuid(), held_until = now() + interval '1 h'
     WHERE name = 'reader'`,
  );

test('an instance that has lost its lease breaks off what is under way, and hands over nothing more', async () => {
  const one = new TestReader();
  let signal: AbortSignal | undefined;
  one.behave = (_, attempt) => {
    signal = attempt.signal;
    return new Promise(() => {});
  };
  await Instance.start(one);
  await happened(...eventsOfSku('A', 1, 2), ['B', 1]);
  await until(() => one.attempts.size === 2);
  await takeOver();
  await until(() => signal!.aborted);
  await happened(['C', 1]);
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect([...one.attempts.keys()]).toEqual(['A 1', 'B 1']);
});

test('an instance that does not know yet that it has lost its lease notes nothing', async () => {
  const one = new TestReader('reader', [60_000]);
  const goOn = new Map<string, (error?: Error) => void>();
  let signal: AbortSignal | undefined;
  one.behave = (event, attempt) => {
    signal = attempt.signal;
    return new Promise<void>((resolve, reject) => {
      goOn.set(event, (error) => (error ? reject(error) : resolve()));
    });
  };
  await Instance.start(one);
  await happened(['A', 1], ['B', 1]);
  await until(() => goOn.size === 2);
  await takeOver();
  goOn.get('A 1')!();
  goOn.get('B 1')!(new Error('refused'));
  await until(() => signal!.aborted);
  expect((await reader()).position).toBe(0);
  expect(await heldRows()).toEqual([]);
});

test('a lease is renewed while a delivery takes long', async () => {
  const one = new TestReader();
  let goOn = () => {};
  one.behave = () => new Promise<void>((resolve) => (goOn = resolve));
  await Instance.start(one);
  await happened(['A', 1]);
  const secondsLeft = async () => {
    const [{ left }] = await dataSource.query<{ left: number }[]>(
      'SELECT extract(epoch FROM held_until - now())::float8 AS left FROM readers WHERE name = $1',
      ['reader'],
    );
    return left;
  };
  await until(async () => (await secondsLeft()) < 8, 15);
  await until(async () => (await secondsLeft()) > 9, 15);
  // A machine that stalls for longer than the lease lasts has the event delivered once more.
  await until(async () => {
    goOn();
    return (await reader()).position === 1;
  }, 20);
});

test('an instance that cannot renew its lease breaks off before another one may take it', async () => {
  const one = new TestReader();
  let signal: AbortSignal | undefined;
  one.behave = (_, attempt) => {
    ({ signal } = attempt);
    return new Promise((resolve) => attempt.signal.addEventListener('abort', () => resolve()));
  };
  await Instance.start(one);
  await happened(['A', 1]);
  const left = async () => {
    const [{ ms }] = await dataSource.query<{ ms: number }[]>(
      `SELECT extract(epoch FROM held_until - now())::float8 * 1000 AS ms FROM readers WHERE name = 'reader'`,
    );
    return ms;
  };
  // It has asked since it took the lease, and was told that it still has it.
  await until(async () => signal !== undefined && (await left()) < 6_900);
  const stuck = dataSource.createQueryRunner();
  try {
    await stuck.query('BEGIN');
    await stuck.query('LOCK TABLE readers IN ACCESS EXCLUSIVE MODE');
    const [{ ms }] = (await stuck.query(
      `SELECT extract(epoch FROM held_until - clock_timestamp())::float8 * 1000 AS ms FROM readers WHERE name = 'reader'`,
    )) as { ms: number }[];
    const watch = new Stopwatch();
    await until(() => signal!.aborted);
    expect(watch.stop()).toBeLessThan(ms + 2_000);
    await stuck.query('ROLLBACK');
  } finally {
    await stuck.release();
  }
});

test('an instance that stops finishes what is under way, and another goes on at once', async () => {
  const one = new TestReader();
  one.behave = () => new Promise((resolve) => setTimeout(resolve, 100));
  const first = await Instance.start(one);
  await happened(['A', 1], ['A', 2]);
  await until(() => one.attempts.size > 0);
  await first.stop();
  // On a machine that stood still meanwhile, the second one may have been under way.
  expect(one.came).toEqual([...one.attempts.keys()]);
  expect((await reader()).position).toBe(one.came.length);
  const two = new TestReader();
  await Instance.start(two);
  await until(() => one.came.length + two.came.length === 2);
  expect([...one.came, ...two.came]).toEqual(['A 1', 'A 2']);
});

test('a reader that hangs delays no other', async () => {
  const all = Array.from({ length: 100 }, (_, n) => new TestReader(`reader-${n}`));
  all[0].behave = (_, { signal }) => new Promise((_, reject) => signal.addEventListener('abort', reject));
  await Instance.start(...all);
  await happened(...eventsOfSku('A', 1, 3), ...eventsOfSku('B', 1, 3));
  await until(() => all.slice(1).every(({ came }) => came.length === 6));
  expect(all[0].came).toEqual([]);
  // Those who have come equally far have the log read once for them all.
  await until(async () => (await readers.list()).filter(({ position }) => position === 6).length === 99);
});
