import fc from 'fast-check';
import { eventTypeOf, eventTypes, movementOf } from '../../src/allocation/contracts';
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

const agreement = (movementsOf = movementOf) =>
  fc.asyncProperty(steps, (sequence) =>
    runSideBySide(service.newSku(movementsOf), sequence, service.store.now()),
  );

test('any sequence of wishes, while time passes, comes to what the rules say (rules 1 to 19)', async () => {
  await fc.assert(agreement(), { numRuns: 300 });
  const happened = new Set(service.store.events.map(eventTypeOf));
  expect([...happened].sort()).toEqual(Object.keys(eventTypes).sort());
}, 300_000);

describe('the oracle finds out a service that', () => {
  const isFoundOut = async (movementsOf = movementOf) =>
    expect((await fc.check(agreement(movementsOf), { numRuns: 500, endOnFailure: true })).failed).toBe(true);

  test('revives a reservation that ran out (rule 11)', async () => {
    jest.spyOn(Stock.prototype, 'expired').mockReturnValue([]);
    await isFoundOut();
  });

  test('lets a newcomer overtake a line that waits (rule 13)', async () => {
    jest.spyOn(Placement.prototype, 'serveWaiting').mockReturnValue();
    await isFoundOut();
  });

  test('forgets a movement (rule 18)', async () => {
    await isFoundOut((event) => {
      const movement = movementOf(event);
      return movement?.reason === 'dispatched' ? undefined : movement;
    });
  });
});
