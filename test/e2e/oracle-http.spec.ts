import fc from 'fast-check';
import { auditMovements, auditViews, auditWriteModel } from '../support/audit';
import { HttpInstances } from '../support/http-system';
import { runSideBySide, steps } from '../support/side-by-side';

/** Sequences of requests. Each takes two or three seconds; on a machine that is many times slower there are fewer. */
const numRuns = Number(process.env.ORACLE_RUNS ?? 3);
const MS_PER_RUN = 20_000;

/** What single lines can be asked for over HTTP. */
const requests = steps.map((sequence) => sequence.filter((step) => step.do !== 'change line'));

let instances: HttpInstances;

beforeAll(async () => {
  instances = await HttpInstances.start();
});
afterAll(() => instances.stop());

test(
  'any sequence of requests to two instances, while time passes, comes to what the rules say (rules 1 to 19)',
  async () => {
    await fc.assert(
      fc.asyncProperty(requests, fc.nat(), (sequence, seed) =>
        runSideBySide(instances.newSku(seed), sequence, instances.clock.now()),
      ),
      { numRuns, interruptAfterTimeLimit: numRuns * MS_PER_RUN },
    );
    const { url } = instances.database;
    expect([await auditWriteModel(url), await auditMovements(url), await auditViews(url)]).toEqual([
      [],
      [],
      [],
    ]);
  },
  60_000 + numRuns * MS_PER_RUN,
);
