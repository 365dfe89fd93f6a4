import type { KeyLookup, KnownKeys } from '../../src/keys/adapters/key-lookup';
import { KeyRing } from '../../src/keys/key-ring';
import { hashOf, newSecret } from '../../src/keys/secret';
import { Unavailable } from '../../src/unavailable';
import { captureLog } from '../support/captured-log';

const log = captureLog();

/** Keys as a database has them, and how often it was asked. */
class FakeLookup {
  known: KnownKeys = { changes: 1, exist: false, credentials: [] };
  isDown = false;
  readings = 0;
  readonly noted: string[][] = [];

  async changes(): Promise<number> {
    if (this.isDown) throw new Unavailable('down');
    return this.known.changes;
  }

  async read(): Promise<KnownKeys> {
    if (this.isDown) throw new Unavailable('down');
    this.readings += 1;
    return this.known;
  }

  async used(at: ReadonlyMap<string, Date>): Promise<void> {
    this.noted.push([...at.keys()]);
  }

  change(...secrets: readonly (readonly [id: string, secret: string, msLeft?: number])[]): void {
    this.known = {
      changes: this.known.changes + 1,
      exist: true,
      credentials: secrets.map(([id, secret, msLeft = null]) => ({
        id,
        name: id,
        scopes: ['read'],
        hash: hashOf(secret),
        msLeft,
      })),
    };
  }
}

let lookup: FakeLookup;
let ring: KeyRing;
const [shop, desk] = [newSecret(), newSecret()];

beforeEach(async () => {
  jest.useFakeTimers();
  log.length = 0;
  lookup = new FakeLookup();
  lookup.change(['shop', shop], ['desk', desk]);
  ring = new KeyRing(lookup as unknown as KeyLookup);
  await ring.onModuleInit();
});
afterEach(async () => {
  await ring.beforeApplicationShutdown();
  jest.useRealTimers();
});

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

test('the keys are sought for a while at the start, and it fails when they cannot be read for too long', async () => {
  const away = new FakeLookup();
  away.change(['shop', shop]);
  away.isDown = true;
  const late = new KeyRing(away as unknown as KeyLookup);
  const started = late.onModuleInit();
  await jest.advanceTimersByTimeAsync(5_000);
  away.isDown = false;
  await jest.advanceTimersByTimeAsync(1_000);
  await started;
  expect(late.find(shop)?.id).toBe('shop');
  await late.beforeApplicationShutdown();

  away.isDown = true;
  const failed = expect(new KeyRing(away as unknown as KeyLookup).onModuleInit()).rejects.toThrow(
    Unavailable,
  );
  await jest.advanceTimersByTimeAsync(30_000);
  await failed;
});

test('a key that was revoked elsewhere is good no more a quarter of a second later', async () => {
  const key = ring.find(shop)!;
  expect(key.name).toBe('shop');
  lookup.change(['desk', desk]);
  await pass(250);
  expect(ring.find(shop)).toBeUndefined();
  expect(key.ended.aborted).toBe(true);
  expect(ring.find(desk)?.ended.aborted).toBe(false);
});

test('keys are read again only when one has changed', async () => {
  await pass(60_000);
  expect(lookup.readings).toBe(1);
});

test('what a key follows goes on while others change', async () => {
  const key = ring.find(shop)!;
  lookup.change(['shop', shop]);
  await pass(250);
  expect([ring.find(shop), key.ended.aborted]).toEqual([key, false]);
});

test('what was revoked here lets nobody in, also while the keys cannot be read', async () => {
  const key = ring.find(shop)!;
  lookup.change(['desk', desk]);
  lookup.isDown = true;
  await ring.refresh();
  expect(() => ring.find(shop)).toThrow(Unavailable);
  lookup.isDown = false;
  await pass(250);
  expect(ring.find(shop)).toBeUndefined();
  expect(ring.find(desk)).toBeDefined();
  expect(key.ended.aborted).toBe(true);
});

test('a look at the changes that began before one is no reason to rely on what was known', async () => {
  // What is asked now is answered with what there was, and only after the change.
  let answer!: (changes: number) => void;
  jest.spyOn(lookup, 'changes').mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  await pass(250);
  const before = lookup.known.changes;
  lookup.change(['desk', desk]);
  lookup.isDown = true;
  await ring.refresh();
  answer(before);
  await pass(1);
  expect(() => ring.find(shop)).toThrow(Unavailable);
});

test('who needed no key is told when there is one, and again after all were taken away', async () => {
  const none: KnownKeys = { changes: 100, exist: false, credentials: [] };
  lookup.known = none;
  await pass(250);
  const { firstMade } = ring;
  await pass(1_000);
  expect([ring.firstMade, firstMade.aborted]).toEqual([firstMade, false]);
  lookup.change(['shop', shop]);
  await pass(250);
  expect([ring.exist, firstMade.aborted]).toEqual([true, true]);
  lookup.known = { ...none, changes: 200 };
  await pass(250);
  expect([ring.exist, ring.firstMade.aborted]).toEqual([false, false]);
  lookup.isDown = true;
  await ring.refresh();
  expect([ring.exist, firstMade.aborted]).toEqual([true, true]);
});

test('a key ends when it expires', async () => {
  lookup.change(['shop', shop, 1_000]);
  await ring.refresh();
  const key = ring.find(shop)!;
  await pass(990);
  expect(ring.find(shop)).toBe(key);
  await pass(20);
  expect(ring.find(shop)).toBeUndefined();
  await pass(250);
  expect(key.ended.aborted).toBe(true);
});

test('what is known is relied on for ten seconds while the database is away, and no longer', async () => {
  lookup.isDown = true;
  await pass(9_500);
  expect(ring.find(shop)).toBeDefined();
  expect(log).toHaveLength(1);
  await pass(1_000);
  expect(() => ring.find(shop)).toThrow(Unavailable);
  lookup.isDown = false;
  await pass(250);
  expect(ring.find(shop)).toBeDefined();
});

test('that keys are used is written down once a minute each, and when the service stops', async () => {
  for (let second = 0; second < 90; second += 1) {
    ring.find(shop);
    if (second === 30) ring.find(desk);
    await pass(1_000);
  }
  expect(lookup.noted).toEqual([['shop'], ['desk'], ['shop']]);
  await ring.beforeApplicationShutdown();
  expect(lookup.noted.at(-1)).toEqual(['shop']);
});
