import fc from 'fast-check';
import { auditMovements, auditWriteModel } from '../support/audit';
import { LifeService } from '../support/life-system';
import { PostgresStore } from '../support/postgres-store';
import { runSideBySide, steps } from '../support/side-by-side';

let store: PostgresStore;
let service: LifeService<PostgresStore>;

beforeAll(async () => {
  store = await PostgresStore.open();
  service = await new LifeService(store).start();
});
afterAll(async () => {
  await service.stop();
  await store.close();
});

test('any sequence of wishes to two instances on PostgreSQL, while time passes, comes to what the rules say', async () => {
  await fc.assert(
    fc.asyncProperty(steps, (sequence) => runSideBySide(service.newSku(), sequence, store.now())),
    { numRuns: 30 },
  );
  expect(await auditWriteModel(store.database.url)).toEqual([]);
  expect(await auditMovements(store.database.url)).toEqual([]);
}, 300_000);
