import type { Bench } from '../bench';
import { withFreshService } from '../fresh-service';
import { meanwhile, type Meanwhile } from '../meanwhile';
import { milliseconds, whole } from '../report/format';
import { under } from '../report/goals';
import type { Scenario } from '../scenario';
import { median } from '../statistics';
import { skuNames, stockUp } from '../stock';

const OTHER_BATCHES = 20;
const others = skuNames('sku', 1_000);

/** A whole batch is lost, and each of its lines finds another one, while clients go on with other SKUs. */
export const batchCut: Scenario = {
  name: 'batch-cut',
  title: 'Cut a batch that many lines wait for',
  async run(bench) {
    const cuts: Meanwhile[] = [];
    for (let round = 1; round <= bench.sizes.rounds; round += 1) {
      const cut = await cutOnce(bench);
      cuts.push(cut);
      bench.report(
        `round ${round}: ${milliseconds(cut.milliseconds)}; other SKUs meanwhile: ` +
          `${whole(cut.answeredDuring)} answers, p99 ${milliseconds(cut.p99During)}`,
      );
    }
    const medianOf = (figure: 'milliseconds' | 'p99During' | 'slowestLive') =>
      median(cuts.map((cut) => cut[figure]));
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
      notes: '32 clients allocate lines of 1,000 other SKUs all the time.',
    };
  },
};

function cutOnce(bench: Bench): Promise<Meanwhile> {
  const { displaced } = bench.sizes;
  return withFreshService(
    bench,
    async (client) => {
      await stockUp(client, { skus: others, batchesPerSku: OTHER_BATCHES, freePerBatch: 1_000 });
      await stockUp(client, { skus: ['lost'], batchesPerSku: 1, linesPerBatch: displaced, freePerBatch: 0 });
    },
    async (service, database) => {
      const [client] = await service.connect(1);
      for (let count = 1; count <= OTHER_BATCHES; count += 1) {
        const batch = {
          ref: `spare-${count}`,
          sku: 'lost',
          qty: displaced / OTHER_BATCHES,
          eta: '2999-12-31',
        };
        await client.expect(201, 'POST', '/v1/batches', batch);
      }
      client.close();
      const cut = await meanwhile(bench, service, {
        others,
        work: (connection) => connection.expect(202, 'PATCH', '/v1/batches/lost-batch-1', { qty: 0 }),
      });
      await bench.check(database, cut.asked, displaced + cut.asked.answered);
      return cut;
    },
  );
}
