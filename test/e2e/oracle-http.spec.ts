import fc from 'fast-check';
import { auditMovements, auditViews, auditWriteModel } from '../support/audit';
import { HttpInstances } from '../support/http-system';
import { runSideBySide, steps } from '../support/side-by-side';

/** Sequences; each takes two seconds. */
const numRuns = Number(process.env.ORACLE_RUNS ?? 4);

let instances: HttpInstances;

beforeAll(async () => {
  instances = await HttpInstances.start();
}, 60_000);
afterAll(() => instances.stop());

test(
  'any sequence of requests to two instances, while time passes, comes to what the rules say (rules 1 to 19)',
  async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(), (sequence, seed) =>
        runSideBySide(instances.newSku(seed), sequence, instances.clock.now()),
      ),
      { numRuns },
    );
    const { url } = instances.database;
    expect([await auditWriteModel(url), await auditMovements(url), await auditViews(url)]).toEqual([
      [],
      [],
      [],
    ]);
  },
  60_000 + numRuns * 10_000,
);
