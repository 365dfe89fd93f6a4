import type { Bench } from '../bench';
import { linesOf } from '../contest';
import { withFreshService } from '../fresh-service';
import type { HttpConnection } from '../http-connection';
import { keepAsking } from '../load';
import { milliseconds, whole } from '../report/format';
import { under } from '../report/goals';
import type { Scenario } from '../scenario';
import type { ServiceProcess } from '../service';
import { median, percentile } from '../statistics';
import { skuNames, stockUp } from '../stock';

const CLIENTS = 32;
const OTHER_BATCHES = 20;
const others = skuNames('sku', 1_000);

interface Cut {
  readonly milliseconds: number;
  /** 99th percentile of the answers for other SKUs, with and without a cut under way. */
  readonly p99During: number;
  readonly p99Before: number;
  readonly answeredDuring: number;
  /** The slowest answer of /health/live meanwhile: for so long the event loop was kept from everything else. */
  readonly slowestLive: number;
  /** The most memory that the service had meanwhile, in MB (RSS). */
  readonly memory: number;
}

/** A whole batch is lost, and each of its lines finds another one, while clients go on with other SKUs. */
export const batchCut: Scenario = {
  name: 'batch-cut',
  title: 'Cut a batch that many lines wait for',
  async run(bench) {
    const cuts: Cut[] = [];
    for (let round = 1; round <= bench.sizes.rounds; round += 1) {
      const cut = await cutOnce(bench);
      cuts.push(cut);
      bench.tell(
        `round ${round}: ${milliseconds(cut.milliseconds)}; other SKUs meanwhile: ` +
          `${whole(cut.answeredDuring)} answers, p99 ${milliseconds(cut.p99During)}`,
      );
    }
    const medianOf = (figure: keyof Cut) => median(cuts.map((cut) => cut[figure]));
    const lines = whole(bench.sizes.displaced);
    const memory = Math.max(...cuts.map((cut) => cut.memory));
    const served = Math.min(...cuts.map((cut) => cut.answeredDuring));
    return {
      goals: [
        under(`Cut a batch so that ${lines} lines are allocated anew`, medianOf('milliseconds'), 10_000),
        under(`Other SKUs meanwhile (${whole(served)} answers): p99`, medianOf('p99During'), 500),
        under('/health/live meanwhile: slowest answer', medianOf('slowestLive'), 200),
        {
          what: 'Memory of the service meanwhile (RSS)',
          goal: 'under 500 MB',
          measured: `at most ${whole(memory)} MB`,
          met: memory < 500,
        },
      ],
      table: {
        head: [
          'round',
          'the cut',
          'other SKUs before: p99',
          'meanwhile: p99',
          'answers meanwhile',
          'slowest /health/live',
          'memory',
        ],
        rows: cuts.map((cut, index) => [
          `${index + 1}`,
          milliseconds(cut.milliseconds),
          milliseconds(cut.p99Before),
          milliseconds(cut.p99During),
          whole(cut.answeredDuring),
          milliseconds(cut.slowestLive),
          `${whole(cut.memory)} MB`,
        ]),
      },
      notes: `${CLIENTS} clients allocate lines of 1,000 other SKUs all the time.`,
    };
  },
};

function cutOnce(bench: Bench): Promise<Cut> {
  const { displaced, warmUpSeconds, seconds } = bench.sizes;
  return withFreshService(
    bench,
    async (client) => {
      await stockUp(client, { skus: others, batchesPerSku: OTHER_BATCHES, freePerBatch: 1_000 });
      await stockUp(client, { skus: ['lost'], batchesPerSku: 1, linesPerBatch: displaced, freePerBatch: 0 });
    },
    async (service, database) => {
      const [client, ...clients] = await service.connect(1 + CLIENTS);
      for (let count = 1; count <= OTHER_BATCHES; count += 1) {
        const batch = {
          ref: `spare-${count}`,
          sku: 'lost',
          qty: displaced / OTHER_BATCHES,
          eta: '2999-12-31',
        };
        await client.expect(201, 'POST', '/v1/batches', batch);
      }
      const nextLine = linesOf(others);
      const answers: { readonly asked: number; readonly answered: number }[] = [];
      let ended = false;
      const load = keepAsking(
        clients.map((one) => () => one.expect(202, 'POST', '/v1/allocations', nextLine())),
        () => ended,
        (asked, answered) => answers.push({ asked, answered }),
      );
      const from = performance.now() + warmUpSeconds * 1000;
      await new Promise((resolve) => setTimeout(resolve, (warmUpSeconds + seconds) * 1000));
      // Opened now: the service closes connections on which nothing has been asked for a while.
      const [cutter, watcher] = await service.connect(2);
      const cutAt = performance.now();
      const watching = watch(service, watcher, () => ended);
      await cutter.expect(202, 'PATCH', '/v1/batches/lost-batch-1', { qty: 0 });
      const cutEnded = performance.now();
      ended = true;
      const asked = await load;
      const watched = await watching;
      for (const one of [client, cutter, watcher, ...clients]) one.close();
      await bench.check(database, asked, displaced + asked.answered);

      const before = answers.filter(({ asked: begun, answered }) => begun >= from && answered < cutAt);
      const during = answers.filter(({ asked: begun, answered }) => answered >= cutAt && begun <= cutEnded);
      return {
        milliseconds: cutEnded - cutAt,
        p99Before: p99(before),
        p99During: p99(during),
        answeredDuring: during.filter(({ answered }) => answered <= cutEnded).length,
        ...watched,
      };
    },
  );
}

/** Asks every few milliseconds whether the service is alive, and how much memory it has. */
async function watch(
  service: ServiceProcess,
  connection: HttpConnection,
  ended: () => boolean,
): Promise<Pick<Cut, 'slowestLive' | 'memory'>> {
  let [slowestLive, memory] = [0, 0];
  while (!ended()) {
    const asked = performance.now();
    await connection.expect(200, 'GET', '/health/live');
    slowestLive = Math.max(slowestLive, performance.now() - asked);
    memory = Math.max(memory, await service.memory());
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return { slowestLive, memory };
}

function p99(answers: readonly { readonly asked: number; readonly answered: number }[]): number {
  return percentile(
    answers.map(({ asked, answered }) => answered - asked).sort((a, b) => a - b),
    99,
  );
}
