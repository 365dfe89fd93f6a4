import fc from 'fast-check';
import { eventTypeOf, eventTypes } from '../../src/allocation/contracts';
import { Placement } from '../../src/allocation/domain/placement';
import { Stock } from '../../src/allocation/domain/stock';
import { LifeService, MemoryStore } from '../support/life-system';
import { runSideBySide, steps } from '../support/side-by-side';

let service: LifeService<MemoryStore>;

beforeAll(async () => {
  service = await new LifeService(new MemoryStore()).start();
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => service.stop());

const agreement = () =>
  fc.asyncProperty(steps, (sequence) => runSideBySide(service.newSku(), sequence, service.store.now()));

test('any sequence of wishes, while time passes, comes to what the rules say (rules 1 to 19)', async () => {
  await fc.assert(agreement(), { numRuns: 300 });
  const happened = new Set(service.store.events.map(eventTypeOf));
  expect([...happened].sort()).toEqual(Object.keys(eventTypes).sort());
}, 300_000);

describe('the oracle finds out a service that', () => {
  const isFoundOut = async () =>
    expect((await fc.check(agreement(), { numRuns: 500, endOnFailure: true })).failed).toBe(true);

  test('never has a reservation run out (rule 12)', async () => {
    jest.spyOn(Stock.prototype, 'expired').mockReturnValue([]);
    await isFoundOut();
  });

  test('extends or confirms a reservation that ran out, whoever has its pieces (rule 11)', async () => {
    const { expire } = Stock.prototype;
    jest.spyOn(Stock.prototype, 'expire').mockImplementation(function (this: Stock, held) {
      expire.call(this, held);
      this['enter'](held);
    });
    await isFoundOut();
  });

  test('lets a newcomer overtake a line that waits (rule 13)', async () => {
    jest.spyOn(Placement.prototype, 'serveWaiting').mockReturnValue();
    await isFoundOut();
  });

  test('forgets a movement (rule 18)', async () => {
    const { adjust } = Stock.prototype;
    jest.spyOn(Stock.prototype, 'adjust').mockImplementation(function (this: Stock, batch, qty, ...why) {
      batch.purchasedQuantity = qty;
      adjust.call(this, batch, qty, ...why);
    });
    await isFoundOut();
  });
});
