import { linesOf } from '../contest';
import { withFreshService } from '../fresh-service';
import { drive } from '../load';
import { milliseconds, times, whole } from '../report/format';
import { atLeast, under } from '../report/goals';
import type { Scenario } from '../scenario';
import { median, type Summary } from '../statistics';
import { skuNames, stockUp } from '../stock';

const CLIENTS = 128;
/** Begins with the first answer of `/health/ready`. */
const FIRST_SECONDS = 10;
const skus = skuNames('sku', 1_000);

/** Clients come as soon as the service is ready: its code is not compiled yet, its statements are not planned. */
export const firstSeconds: Scenario = {
  name: 'first-seconds',
  title: `Allocate: the first ${FIRST_SECONDS} s after a start, ${CLIENTS} clients`,
  async run(bench) {
    const rounds: { first: Summary; steady: Summary }[] = [];
    for (let round = 1; round <= bench.sizes.rounds; round += 1) {
      const { first, steady } = await withFreshService(
        bench,
        (client) => stockUp(client, { skus, batchesPerSku: 20, freePerBatch: 1_000 }),
        async (service, database) => {
          const nextLine = linesOf(skus);
          const connections = await service.connect(CLIENTS);
          const clients = connections.map(
            (connection) => () => connection.expect(202, 'POST', '/v1/allocations', nextLine()),
          );
          const first = await drive(clients, { warmUpSeconds: 0, seconds: FIRST_SECONDS });
          const steady = await drive(clients, { warmUpSeconds: 0, seconds: bench.sizes.seconds });
          for (const connection of connections) connection.close();
          await bench.check(database, steady, first.answered + steady.answered);
          bench.fail(first.failures);
          return { first, steady };
        },
      );
      rounds.push({ first, steady });
      bench.report(`round ${round}, first seconds`, first);
      bench.report(`round ${round}, steady`, steady);
    }
    const ratio = median(rounds.map(({ first, steady }) => first.perSecond / steady.perSecond));
    const slowest = median(rounds.map(({ first }) => first.max));
    return {
      goals: [
        atLeast(`${this.title}: throughput against that afterwards`, ratio, 0.6),
        under(`${this.title}: slowest answer`, slowest, 500),
      ],
      table: {
        head: ['round', 'first seconds: requests/s', 'afterwards', 'times', 'p99', 'slowest'],
        rows: rounds.map(({ first, steady }, index) => [
          `${index + 1}`,
          whole(first.perSecond),
          whole(steady.perSecond),
          times(first.perSecond / steady.perSecond),
          milliseconds(first.p99),
          milliseconds(first.max),
        ]),
      },
    };
  },
};
