import type { Client } from 'pg';
import type { Bench } from '../bench';
import { Board } from '../board';
import { connectedTo } from '../database';
import { withFreshService } from '../fresh-service';
import { drive } from '../load';
import { milliseconds, whole } from '../report/format';
import { under } from '../report/goals';
import type { Goal, Scenario } from '../scenario';
import type { ServiceProcess } from '../service';
import { median, type Summary } from '../statistics';
import { skuNames, stockUp } from '../stock';

const CLIENTS = 64;
const BOARDS = 200;
const BATCHES = 20;
/** Boards look every five seconds at what changes all the time. */
const SECONDS = 10;
const skus = skuNames('sku', 1_000);

/** What boards show, by the number of those that show the overview; the others show a SKU each. */
const groups = [
  { what: 'nobody', boards: 0, overviews: 0 },
  { what: '200 of the overview', boards: BOARDS, overviews: BOARDS },
  { what: '100 of the overview, 100 of a SKU each', boards: BOARDS, overviews: BOARDS / 2 },
  { what: '200 of a SKU each', boards: BOARDS, overviews: 0 },
];

/** In a batch of the stock that is searched. */
const LINES = 50;

interface Round {
  readonly load: Summary;
  /** Of the service, for an allocation, in milliseconds. */
  readonly cpu: number;
  /** Answers that boards got, a second. */
  readonly looks: number;
}

/** What open boards cost while lines are allocated, and how soon something is found among many lines. */
export const boards: Scenario = {
  name: 'boards',
  title: `The board: ${BOARDS} of them while ${CLIENTS} clients allocate lines of 1,000 SKUs; finding something`,
  async run(bench) {
    const cost = await costOf(bench);
    const found = await find(bench);
    return {
      goals: [...cost.goals, ...found.goals],
      table: {
        head: [
          'who looks, or what is found',
          'allocations/s',
          'CPU of an allocation',
          'of that for boards',
          'answers/s',
          'p50',
          'p99',
        ],
        rows: [...cost.rows, ...found.rows],
      },
      notes:
        'Clients allocate as fast as they are answered; the CPU is that of the process of the service. A board that shows the ' +
        'overview asks for it every two seconds; one that shows a SKU follows its events and looks anew after some of them, with ' +
        'three questions. Those who look are part of the measuring process.',
    };
  },
};

function costOf(bench: Bench): Promise<{ goals: Goal[]; rows: string[][] }> {
  return withFreshService(
    bench,
    (client) => stockUp(client, { skus, batchesPerSku: BATCHES, freePerBatch: 100_000 }),
    async (service) => {
      const entries = groups.map((group) => ({ ...group, rounds: [] as Round[] }));
      for (let round = 1; round <= bench.sizes.rounds; round += 1)
        for (const entry of entries) {
          const measured = await allocateBeside(bench, service, entry, round);
          entry.rounds.push(measured);
          bench.report(`round ${round}, ${entry.what}: ${milliseconds(measured.cpu)} of CPU`, measured.load);
        }
      const [nobody] = entries;
      const share = (rounds: readonly Round[]) =>
        100 * median(rounds.map(({ cpu }, round) => 1 - nobody.rounds[round].cpu / cpu));
      return {
        goals: entries.slice(1).map(({ what, rounds }) => ({
          what: `Boards, ${what}: share of the service's CPU`,
          goal: 'under 5 %',
          measured: `${share(rounds).toFixed(1)} %`,
          met: share(rounds) < 5,
        })),
        rows: entries.map(({ what, rounds }) => [
          what,
          whole(median(rounds.map(({ load }) => load.perSecond))),
          milliseconds(median(rounds.map(({ cpu }) => cpu))),
          what === nobody.what ? '' : `${share(rounds).toFixed(1)} %`,
          whole(median(rounds.map(({ looks }) => looks))),
          milliseconds(median(rounds.map(({ load }) => load.p50))),
          milliseconds(median(rounds.map(({ load }) => load.p99))),
        ]),
      };
    },
  );
}

async function allocateBeside(
  bench: Bench,
  service: ServiceProcess,
  { what, boards: count, overviews }: (typeof groups)[number],
  round: number,
): Promise<Round> {
  const clients = await service.connect(CLIENTS);
  let number = 0;
  const allocate = clients.map((client) => () => {
    number += 1;
    const orderId = `${what}-${round}-${number}`;
    return client.expect(202, 'POST', '/v1/allocations', {
      orderId,
      sku: skus[(number * 7) % skus.length],
      qty: 1,
    });
  });
  const open = Array.from({ length: count }, (_, n) =>
    n < overviews ? Board.overview(service.url) : Board.sku(service.url, skus[(n * 5) % skus.length]),
  );
  const answers = () => open.reduce((sum, board) => sum + board.answers, 0);
  // Until boards have found their pace.
  const warm = await drive(allocate, { warmUpSeconds: 0, seconds: SECONDS });
  const [cpu, looks] = [await service.cpuSeconds(), answers()];
  const load = await drive(allocate, { warmUpSeconds: 0, seconds: SECONDS });
  const used = (await service.cpuSeconds()) - cpu;
  bench.fail([...warm.failures, ...load.failures, ...open.flatMap(({ failures }) => failures)]);
  const looked = (answers() - looks) / SECONDS;
  for (const board of open) board.close();
  for (const client of clients) client.close();
  return { load, cpu: (used * 1000) / load.answered, looks: looked };
}

function find(bench: Bench): Promise<{ goals: Goal[]; rows: string[][] }> {
  const many = skus.slice(0, Math.max(1, bench.sizes.history / (BATCHES * LINES)));
  return withFreshService(
    bench,
    async (client) => {
      await stockUp(client, { skus: many, batchesPerSku: BATCHES, linesPerBatch: LINES, freePerBatch: 10 });
      await spread(client);
    },
    async (service, database) => {
      const ids = await connectedTo(database.url, async (client) => {
        const { rows } = await client.query<{ id: string }>(
          'SELECT id FROM log TABLESAMPLE BERNOULLI (1) LIMIT 2000',
        );
        return rows.map(({ id }) => id);
      });
      const any = (count: number) => 1 + Math.floor(Math.random() * count);
      const anySku = () => many[any(many.length) - 1];
      const wanted: Record<string, () => string> = {
        'a SKU': anySku,
        'a batch': () => `${anySku()}-batch-${any(BATCHES)}`,
        'an order': () => `${anySku()}-order-${any(BATCHES)}-${any(LINES)}`,
        'a beginning of many': () => 'sku-',
        'an event': () => ids[any(ids.length) - 1],
      };
      const goals: Goal[] = [];
      const rows: string[][] = [];
      for (const [what, q] of Object.entries(wanted)) {
        const [client] = await service.connect(1);
        const load = await drive([() => client.expect(200, 'GET', `/v1/search?q=${q()}`)], bench.sizes);
        client.close();
        bench.fail(load.failures);
        bench.report(`finding ${what}`, load);
        const among = `${what} among ${whole(many.length * BATCHES * LINES)} lines`;
        goals.push(under(`Find ${among}: p99`, load.p99, 100));
        rows.push([among, '', '', '', whole(load.perSecond), milliseconds(load.p50), milliseconds(load.p99)]);
      }
      return { goals, rows };
    },
  );
}

/** Has the events have happened a millisecond after each other, with ids that say so. */
async function spread(client: Client): Promise<void> {
  await client.query(`
    UPDATE log SET occurred_at = to_timestamp(made / 1000.0),
      id = (lpad(to_hex(made), 12, '0') || '7' || substr(md5(position::text), 1, 3) || '8' || substr(md5(position::text), 4, 15))::uuid
    FROM (SELECT position AS at, (extract(epoch FROM now()) * 1000)::bigint - (SELECT position FROM log_head) + position AS made FROM log) times
    WHERE position = at`);
  await client.query('ANALYZE log');
}
