import { RedisServer } from '../../test/support/redis-server';
import type { Bench } from '../bench';
import { withFreshService } from '../fresh-service';
import { drive } from '../load';
import { atLeast, under } from '../report/goals';
import { contestTable } from '../report/tables';
import type { Result, Scenario } from '../scenario';
import { ServiceProcess } from '../service';
import { medianOf, medianRatio, type Summary } from '../statistics';
import { skuNames, stockUp } from '../stock';

const CLIENTS = 64;
const BATCHES = 20;
const LINES_PER_BATCH = 5;
const skus = skuNames('sku', 1_000);

const IN_POSTGRES = 'availability, view in PostgreSQL';

const any = (count: number) => 1 + Math.floor(Math.random() * count);
const anySku = () => skus[any(skus.length) - 1];
const anyOrder = (sku: string) => `${sku}-order-${any(BATCHES)}-${any(LINES_PER_BATCH)}`;

const availability = () => `/v1/availability/${anySku()}?qty=${any(10)}`;

/** What is asked, by name; the last one is what the others are compared with. */
const questions: Readonly<Record<string, () => string>> = {
  'availability, view in Redis': availability,
  [IN_POSTGRES]: availability,
  [`a list of ${BATCHES} batches`]: () => `/v1/batches?sku=${anySku()}`,
  'allocations of an order': () => `/v1/allocations/${anyOrder(anySku())}`,
  'availability, asked of the write model': () => `/bench/availability/${anySku()}?qty=${any(10)}`,
  'allocations of an order, asked of the write model': () => {
    const sku = anySku();
    return `/bench/allocations/${anyOrder(sku)}/${sku}`;
  },
  'empty handler': () => '/bench/empty',
};

/** The throughput that each is to have at least, against the empty handler. */
const GOALS = [0.6, 0.5, 0.5, 0.5];

/** The views against a handler that does nothing, and against the write model. */
export const reads: Scenario = {
  name: 'reads',
  title: `Reads: 1,000 SKUs of ${BATCHES} batches, 100,000 lines, ${CLIENTS} clients`,
  async run(bench) {
    const redis = await RedisServer.start();
    try {
      return await readWith(bench, redis.url);
    } finally {
      await redis.stop();
    }
  },
};

function readWith(bench: Bench, redisUrl: string): Promise<Result> {
  return withFreshService(
    bench,
    (client) =>
      stockUp(client, { skus, batchesPerSku: BATCHES, linesPerBatch: LINES_PER_BATCH, freePerBatch: 100 }),
    async (service, database) => {
      // By default availability is read from PostgreSQL.
      const byDefault = await ServiceProcess.start(database.url);
      const entries = Object.entries(questions).map(([name, path]) => ({
        name,
        path,
        asked: name === IN_POSTGRES ? byDefault : service,
        rounds: [] as Summary[],
      }));
      for (let round = 1; round <= bench.sizes.rounds; round += 1) {
        for (const { name, path, asked, rounds } of entries) {
          // Connected anew, since a service closes connections that are not used for a while.
          const clients = await asked.connect(CLIENTS);
          const load = await drive(
            clients.map((client) => () => client.expect(200, 'GET', path())),
            bench.sizes,
          );
          for (const client of clients) client.close();
          bench.fail(load.failures);
          rounds.push(load);
          bench.report(`round ${round}, ${name}`, load);
        }
      }
      await byDefault.stop();
      await bench.check(database, { answered: 0, failures: [] }, skus.length * BATCHES * LINES_PER_BATCH);

      const empty = entries[entries.length - 1];
      return {
        goals: entries
          .slice(0, GOALS.length)
          .flatMap(({ name, rounds }, index) => [
            atLeast(
              `Read ${name}: throughput against an empty handler`,
              medianRatio(rounds, empty.rounds, 'perSecond'),
              GOALS[index],
            ),
            under(`Read ${name}: p99`, medianOf(rounds).p99, 10),
          ]),
        table: contestTable(entries),
      };
    },
    'bench/mains/with-reference-routes.ts',
    { AVAILABILITY_VIEW: 'redis', REDIS_URL: redisUrl },
  );
}
