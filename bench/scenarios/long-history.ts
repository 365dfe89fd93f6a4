import { linesOf } from '../contest';
import { withFreshService } from '../fresh-service';
import { keepAsking } from '../load';
import { milliseconds, whole } from '../report/format';
import { atMost } from '../report/goals';
import type { Scenario } from '../scenario';
import { summarise } from '../statistics';
import { stockUp } from '../stock';

const BATCHES = 20;
const SHORT = 100;

/** One client asks for both SKUs in turn, so that whatever else the machine does slows both down alike. */
export const longHistory: Scenario = {
  name: 'long-history',
  title: 'Allocate on a SKU with a long history',
  run(bench) {
    const { history, warmUpSeconds, seconds, rounds } = bench.sizes;
    const stock = (sku: string, lines: number) => ({
      skus: [sku],
      batchesPerSku: BATCHES,
      linesPerBatch: lines / BATCHES,
      freePerBatch: 1_000_000,
    });
    return withFreshService(
      bench,
      async (client) => {
        bench.report(`writing a history of ${whole(history)} lines`);
        await stockUp(client, stock('long', history));
        await stockUp(client, stock('short', SHORT));
      },
      async (service, database) => {
        const [client] = await service.connect(1);
        const lines = { long: linesOf(['long']), short: linesOf(['short']) };
        const taken = { long: [] as number[], short: [] as number[] };
        const from = performance.now() + warmUpSeconds * 1000;
        const until = from + seconds * rounds * 1000;
        let sku: keyof typeof taken = 'long';
        const asked = await keepAsking(
          [
            () => {
              sku = sku === 'long' ? 'short' : 'long';
              return client.expect(202, 'POST', '/v1/allocations', lines[sku]());
            },
          ],
          () => performance.now() >= until,
          (begun, ended) => {
            if (begun >= from) taken[sku].push(ended - begun);
          },
        );
        client.close();
        await bench.check(database, asked, history + SHORT + asked.answered);

        const [long, short] = [summarise(taken.long, seconds), summarise(taken.short, seconds)];
        const row = (count: number, { p50, p99 }: typeof long) => [
          whole(count),
          milliseconds(p50),
          milliseconds(p99),
        ];
        return {
          goals: [
            atMost(
              `Allocate on a SKU with ${whole(history)} allocated lines: p50 against one with ${SHORT}`,
              long.p50 / short.p50,
              1.2,
            ),
          ],
          table: { head: ['lines of the SKU', 'p50', 'p99'], rows: [row(history, long), row(SHORT, short)] },
        };
      },
    );
  },
};
