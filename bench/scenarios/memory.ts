import { linesOf } from '../contest';
import { withFreshService } from '../fresh-service';
import { keepAsking } from '../load';
import { whole } from '../report/format';
import type { Scenario } from '../scenario';
import { skuNames, stockUp } from '../stock';

const CLIENTS = 64;
const PARTS = 10;
const SAMPLES_PER_PART = 20;
const skus = skuNames('sku', 1_000);

/** The service must not remember what it did. */
export const memory: Scenario = {
  name: 'memory',
  title: 'Memory of the service',
  async run(bench) {
    const { allocations } = bench.sizes;
    if (allocations === 0) {
      bench.report('left out: it takes a million allocations');
      return undefined;
    }
    return withFreshService(
      bench,
      (client) => stockUp(client, { skus, batchesPerSku: 20, freePerBatch: 1_000 }),
      async (service, database) => {
        const clients = await service.connect(CLIENTS);
        const nextLine = linesOf(skus);
        const samples: number[] = [];
        const every = allocations / (PARTS * SAMPLES_PER_PART);
        let sampling = Promise.resolve();
        let asked = 0;
        let answered = 0;
        const load = await keepAsking(
          clients.map((client) => () => {
            asked += 1;
            return client.expect(202, 'POST', '/v1/allocations', nextLine());
          }),
          () => asked >= allocations,
          () => {
            answered += 1;
            if (answered % every === 0) {
              sampling = sampling.then(async () => void samples.push(await service.memory()));
            }
            if (answered % (allocations / PARTS) === 0) bench.report(`${whole(answered)} allocations`);
          },
        );
        await sampling;
        for (const client of clients) client.close();
        await bench.check(database, load, load.answered);

        const parts = Array.from({ length: PARTS }, (_, part) =>
          samples.slice(part * SAMPLES_PER_PART, (part + 1) * SAMPLES_PER_PART),
        );
        // The heap of Node rises and falls between two collections, and grows at first whatever runs on it.
        const highest = parts.map((part) => Math.max(...part));
        const early = Math.max(...highest.slice(0.2 * PARTS, 0.4 * PARTS));
        const late = Math.max(...highest.slice(0.8 * PARTS));
        return {
          goals: [
            {
              what: `Memory of the service in ${whole(allocations)} allocations (RSS)`,
              goal: 'under 300 MB',
              measured: `at most ${whole(Math.max(...highest))} MB`,
              met: Math.max(...highest) < 300,
            },
            {
              what: 'Its growth from the second fifth of them to the last',
              goal: 'at most 10 %',
              measured: `${whole((late / early - 1) * 100)} %`,
              met: late <= early * 1.1,
            },
          ],
          table: {
            head: ['allocations', 'RSS at least', 'at most'],
            rows: parts.map((part, index) => [
              whole(((index + 1) * allocations) / PARTS),
              `${whole(Math.min(...part))} MB`,
              `${whole(highest[index])} MB`,
            ]),
          },
        };
      },
    );
  },
};
