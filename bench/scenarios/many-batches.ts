import { linesOf } from '../contest';
import { withFreshService } from '../fresh-service';
import { drive } from '../load';
import { milliseconds, whole } from '../report/format';
import { under } from '../report/goals';
import type { Scenario } from '../scenario';
import { stockUp } from '../stock';

/** Every batch has one piece left but the last: the worst case is a line of two. */
export const manyBatches: Scenario = {
  name: 'many-batches',
  title: 'Allocate on a SKU with many open batches',
  run(bench) {
    const { openBatches } = bench.sizes;
    return withFreshService(
      bench,
      (client) => stockUp(client, { skus: ['many'], batchesPerSku: openBatches - 1, freePerBatch: 1 }),
      async (service, database) => {
        const [client] = await service.connect(1);
        const last = { ref: 'the-last-one', sku: 'many', qty: 1_000_000, eta: '2999-12-31' };
        await client.expect(201, 'POST', '/v1/batches', last);
        const nextLine = linesOf(['many']);
        const ofQuantity = (qty: number) =>
          drive([() => client.expect(202, 'POST', '/v1/allocations', { ...nextLine(), qty })], bench.sizes);
        const worst = await ofQuantity(2);
        const best = await ofQuantity(1);
        client.close();
        const failures = [...worst.failures, ...best.failures];
        await bench.check(database, { answered: 0, failures }, worst.answered + best.answered);
        return {
          goals: [
            under(
              `Allocate on a SKU with ${whole(openBatches)} open batches, of which only the last can take the line: p50`,
              worst.p50,
              20,
            ),
          ],
          table: {
            head: ['the line fits', 'p50', 'p99'],
            rows: [
              ['only the last batch', milliseconds(worst.p50), milliseconds(worst.p99)],
              ['the first batch', milliseconds(best.p50), milliseconds(best.p99)],
            ],
          },
        };
      },
    );
  },
};
