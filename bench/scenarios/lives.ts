import type { Bench } from '../bench';
import { placeOrders, reserveAndConfirm, service } from '../contenders';
import { contest } from '../contest';
import { connectedTo } from '../database';
import { withFreshService } from '../fresh-service';
import { meanwhile, type Meanwhile } from '../meanwhile';
import { milliseconds, whole } from '../report/format';
import { atLeast, atMost, under } from '../report/goals';
import { contestTable } from '../report/tables';
import type { Scenario } from '../scenario';
import type { ServiceProcess } from '../service';
import { medianRatio, summarise, type Summary } from '../statistics';
import { skuNames, type Stock, stockUp } from '../stock';

const others: Stock = { skus: skuNames('sku', 1_000), batchesPerSku: 20, freePerBatch: 1_000 };
/** Items of one call. */
const BULK = 1_000;
/** Calls that reserve at the same time. */
const RESERVING = 4;

/** Batches that arrive for a wait-list. */
const ARRIVALS = 100;

/** A line has a life: it is reserved and confirmed, or runs out; and its ship slips. */
export const reserve: Scenario = {
  name: 'reserve',
  title: 'Reserve a line and confirm it: 1,000 SKUs of 20 batches, ONE client',
  async run(bench) {
    const contenders = [reserveAndConfirm, service];
    const rounds = await contest(bench, { contenders, stock: others, clients: 1 });
    const [confirmed, allocated] = rounds;
    return {
      goals: [
        atLeast(
          `${this.title}: rate against allocating it`,
          medianRatio(confirmed, allocated, 'perSecond'),
          0.5,
        ),
      ],
      table: contestTable(contenders.map(({ name }, index) => ({ name, rounds: rounds[index] }))),
    };
  },
};

export const orders: Scenario = {
  name: 'orders',
  title: 'Place an order of a line: 1,000 SKUs of 20 batches, ONE client',
  async run(bench) {
    const contenders = [placeOrders, reserveAndConfirm];
    const rounds = await contest(bench, { contenders, stock: others, clients: 1 });
    const [placed, byHand] = rounds;
    return {
      goals: [
        atMost(
          `${this.title}: p50 against the two commits that it consists of`,
          medianRatio(placed, byHand, 'p50'),
          1,
        ),
      ],
      table: contestTable(contenders.map(({ name }, index) => ({ name, rounds: rounds[index] }))),
    };
  },
};

export const waitList: Scenario = {
  name: 'wait-list',
  title: 'Stock arrives for a long wait-list',
  async run(bench) {
    const { waiting } = bench.sizes;
    const { served, nobodyWaits } = await arriveForAll(bench, waiting);
    const row = (what: string, { p50, p99, max }: Summary) => [what, ...[p50, p99, max].map(milliseconds)];
    return {
      goals: [
        under(`A batch of 50 pieces, while ${whole(waiting)} lines wait for the SKU: p50`, served.p50, 50),
      ],
      table: {
        head: ['', 'p50', 'p99', 'longest'],
        rows: [
          row(`a batch of 50 pieces for a SKU with ${whole(waiting)} lines that wait`, served),
          row('a batch of 50 pieces for a SKU for which nobody waits', nobodyWaits),
        ],
      },
      notes: 'Each batch serves the first 50 of the lines that wait, of one piece each, in the same commit.',
    };
  },
};

export const slip: Scenario = {
  name: 'slip',
  title: 'The ship of many lines is late',
  async run(bench) {
    const { slipping } = bench.sizes;
    const late = await slipOnce(bench, slipping);
    return {
      goals: [
        under(`A new ETA for a batch with ${whole(slipping)} lines`, late.milliseconds, 5_000),
        under('Other SKUs meanwhile: p99', late.p99During, 500),
      ],
      table: tableOf('the new ETA', late),
      notes: '32 clients allocate lines of 1,000 other SKUs all the time. Each line raises PromiseChanged.',
    };
  },
};

export const expiry: Scenario = {
  name: 'expiry',
  title: 'Many reservations run out at once',
  async run(bench) {
    const { expiring } = bench.sizes;
    const ended = await expireAll(bench, expiring);
    return {
      goals: [
        under(
          `${whole(expiring)} reservations that run out at once are given back`,
          ended.milliseconds,
          30_000,
        ),
        under('Other SKUs meanwhile: p99', ended.p99During, 100),
      ],
      table: tableOf('until the last one was given back', ended),
      notes:
        '32 clients allocate lines of 1,000 other SKUs all the time. The reservations are of 1,000 SKUs, and counted from ' +
        'the second in which they all run out.',
    };
  },
};

function slipOnce(bench: Bench, lines: number): Promise<Meanwhile> {
  return withFreshService(
    bench,
    async (client) => {
      await stockUp(client, others);
      // The fourth batch of a SKU is on its way.
      await stockUp(client, { skus: ['late'], batchesPerSku: 4, linesPerBatch: lines, freePerBatch: 0 });
    },
    async (service, database) => {
      const late = await meanwhile(bench, service, {
        others: others.skus,
        work: (connection) =>
          connection.expect(202, 'PATCH', '/v1/batches/late-batch-4', { eta: '2999-12-31' }),
      });
      await bench.check(database, late.asked, 4 * lines + late.asked.answered);
      return late;
    },
  );
}

/** Has lines wait, and creates batches in turns for them and for SKUs without any. */
function arriveForAll(bench: Bench, waiting: number): Promise<{ served: Summary; nobodyWaits: Summary }> {
  return withFreshService(
    bench,
    async (client) => {
      await stockUp(client, { skus: ['wanted', 'other'], batchesPerSku: 1, freePerBatch: 0 });
    },
    async (service, database) => {
      const [client] = await service.connect(1);
      for (let next = 0; next < waiting; next += BULK) {
        const items = Array.from({ length: BULK }, (_, index) => ({
          orderId: `waits-${next + index}`,
          sku: 'wanted',
          qty: 1,
          wait: true,
        }));
        await client.expect(200, 'POST', '/v1/allocations/bulk', { items });
      }
      const took = { wanted: [] as number[], other: [] as number[] };
      for (let count = 1; count <= ARRIVALS; count += 1) {
        for (const sku of ['wanted', 'other'] as const) {
          const begun = performance.now();
          await client.expect(201, 'POST', '/v1/batches', { ref: `for-${sku}-${count}`, sku, qty: 50 });
          took[sku].push(performance.now() - begun);
        }
      }
      client.close();
      await bench.check(database, { answered: 0, failures: [] }, waiting);
      return { served: summarise(took.wanted, 1), nobodyWaits: summarise(took.other, 1) };
    },
  );
}

function expireAll(bench: Bench, reservations: number): Promise<Meanwhile> {
  const carts: Stock = {
    skus: skuNames('cart', 1_000),
    batchesPerSku: 1,
    freePerBatch: reservations / 1_000,
  };
  return withFreshService(
    bench,
    async (client) => {
      await stockUp(client, others);
      await stockUp(client, carts);
    },
    async (service, database) => {
      const endsAt = await reserveAll(service, carts.skus, reservations);
      const ended = await connectedTo(database.url, (client) =>
        meanwhile(bench, service, {
          others: others.skus,
          until: () => new Promise((resolve) => setTimeout(resolve, endsAt - Date.now())),
          work: async () => {
            const left = `SELECT FROM allocations WHERE state = 'reserved' LIMIT 1`;
            while ((await client.query(left)).rowCount)
              await new Promise((resolve) => setTimeout(resolve, 20));
          },
        }),
      );
      // Lines that ran out are kept for a while.
      await bench.check(database, ended.asked, reservations + ended.asked.answered);
      return ended;
    },
  );
}

/**
 * Reserves lines of one piece each, those of a call of different SKUs, so that all of them run out in the same second.
 * @returns when that second begins, by Date.now()
 */
async function reserveAll(
  service: ServiceProcess,
  skus: readonly string[],
  reservations: number,
): Promise<number> {
  // As long as the slowest machine takes, and until the others are warm.
  const endsAt = Date.now() + 30_000 + reservations / 2;
  let next = 0;
  const connections = await service.connect(RESERVING);
  await Promise.all(
    connections.map(async (connection) => {
      while (next < reservations) {
        const first = next;
        next += BULK;
        const reserveFor = Math.ceil((endsAt - Date.now()) / 1_000);
        const items = Array.from({ length: BULK }, (_, index) => ({
          orderId: `cart-${first + index}`,
          sku: skus[(first + index) % skus.length],
          qty: 1,
          reserveFor,
        }));
        await connection.expect(200, 'POST', '/v1/allocations/bulk', { items });
      }
      connection.close();
    }),
  );
  return endsAt;
}

function tableOf(what: string, one: Meanwhile) {
  return {
    head: [
      what,
      'other SKUs before: p99',
      'meanwhile: p99',
      'answers meanwhile',
      'slowest /health/live',
      'memory',
    ],
    rows: [
      [
        milliseconds(one.milliseconds),
        milliseconds(one.p99Before),
        milliseconds(one.p99During),
        whole(one.answeredDuring),
        milliseconds(one.slowestLive),
        `${whole(one.memory)} MB`,
      ],
    ],
  };
}
