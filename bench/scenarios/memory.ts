import { linesOf } from '../contest';
import { withFreshService } from '../fresh-service';
import { keepAsking } from '../load';
import { whole } from '../report/format';
import type { Scenario } from '../scenario';
import { median } from '../statistics';
import { skuNames, stockUp } from '../stock';

const CLIENTS = 64;
const SAMPLES = 20;
const skus = skuNames('sku', 1_000);

/** The service must not remember what it did. */
export const memory: Scenario = {
  name: 'memory',
  title: 'Memory of the service',
  async run(bench) {
    const { allocations } = bench.sizes;
    if (allocations === 0) {
      bench.tell('left out: it takes a million allocations');
      return undefined;
    }
    return withFreshService(
      bench,
      (client) => stockUp(client, { skus, batchesPerSku: 20, freePerBatch: 1_000 }),
      async (service, database) => {
        const clients = await service.connect(CLIENTS);
        const nextLine = linesOf(skus);
        const samples: number[] = [];
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
            if (answered % (allocations / SAMPLES) !== 0) return;
            const count = answered;
            sampling = sampling.then(async () => {
              samples.push(await service.memory());
              bench.tell(`${whole(count)} allocations: ${whole(samples.at(-1)!)} MB`);
            });
          },
        );
        await sampling;
        for (const client of clients) client.close();
        await bench.check(database, load, load.answered);

        // The heap of Node grows at first, whatever runs on it.
        const early = median(samples.slice(SAMPLES * 0.2, SAMPLES * 0.4));
        const late = median(samples.slice(SAMPLES * 0.8));
        return {
          goals: [
            {
              what: `Memory of the service after ${whole(allocations)} allocations (RSS)`,
              goal: 'under 300 MB',
              measured: `${whole(samples.at(-1)!)} MB, at most ${whole(Math.max(...samples))} MB`,
              met: Math.max(...samples) < 300,
            },
            {
              what: 'Its growth from the second fifth of them to the last',
              goal: 'at most 10 %',
              measured: `${whole((late / early - 1) * 100)} %`,
              met: late <= early * 1.1,
            },
          ],
          table: {
            head: ['allocations', 'RSS'],
            rows: samples.map((sample, index) => [
              whole(((index + 1) * allocations) / SAMPLES),
              `${whole(sample)} MB`,
            ]),
          },
        };
      },
    );
  },
};
