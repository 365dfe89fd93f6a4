import { leanStatement, queuedStatement, singleStatement } from '../baseline';
import {
  commitPerUnit,
  fourInstances,
  fourInstancesBySku,
  measuredService,
  oneInstance,
  service,
  serviceWithKeys,
  twoInstances,
  twoInstancesBySku,
  unmeasuredService,
} from '../contenders';
import { type Contender, contest } from '../contest';
import type { Bench } from '../bench';
import { contestBars, contestTable } from '../report/tables';
import { atLeast, atMost, under } from '../report/goals';
import type { Scenario } from '../scenario';
import { medianOf, medianRatio } from '../statistics';
import { skuNames, type Stock } from '../stock';

const CLIENTS = 128;

/** So much that none of these runs sells it out, on any machine. */
const manySkus: Stock = { skus: skuNames('sku', 1_000), batchesPerSku: 20, freePerBatch: 1_000 };
const hotSku: Stock = { skus: ['hot-sku'], batchesPerSku: 20, freePerBatch: 1_000_000 };

export const allocateManySkus: Scenario = {
  name: 'many-skus',
  title: `Allocate: 1,000 SKUs of 20 batches, ${CLIENTS} clients`,
  async run(bench) {
    const entries = await enter(bench, manySkus, CLIENTS, [
      service,
      commitPerUnit,
      leanStatement,
      singleStatement,
    ]);
    const [ours, , lean, sql] = entries;
    return {
      goals: [
        atLeast(
          `${this.title}: throughput against one SQL statement`,
          medianRatio(ours.rounds, sql.rounds, 'perSecond'),
          2,
        ),
        atLeast(
          `${this.title}: throughput against one that writes no views`,
          medianRatio(ours.rounds, lean.rounds, 'perSecond'),
          1.3,
        ),
        under(`${this.title}: p99`, medianOf(ours.rounds).p99, 40),
      ],
      table: contestTable(entries),
      bars: contestBars('1,000 SKUs, 128 clients', entries),
    };
  },
};

export const allocateHotSku: Scenario = {
  name: 'hot-sku',
  title: `Allocate: ONE hot SKU of 20 batches, ${CLIENTS} clients`,
  async run(bench) {
    const entries = await enter(bench, hotSku, CLIENTS, [
      service,
      commitPerUnit,
      queuedStatement,
      singleStatement,
    ]);
    const [ours, , , sql] = entries;
    return {
      goals: [
        atLeast(
          `${this.title}: throughput against one SQL statement`,
          medianRatio(ours.rounds, sql.rounds, 'perSecond'),
          20,
        ),
        under(`${this.title}: p99`, medianOf(ours.rounds).p99, 40),
      ],
      table: contestTable(entries),
      bars: contestBars('One hot SKU, 128 clients', entries),
    };
  },
};

export const allocateAlone: Scenario = {
  name: 'one-client',
  title: 'Allocate: 1,000 SKUs of 20 batches, ONE client',
  async run(bench) {
    const entries = await enter(bench, manySkus, 1, [service, singleStatement]);
    const [ours, sql] = entries;
    return {
      goals: [
        atMost(
          `${this.title}: p50 against one SQL statement`,
          medianRatio(ours.rounds, sql.rounds, 'p50'),
          3,
        ),
      ],
      table: contestTable(entries),
    };
  },
};

export const allocateWithKeys = comparison(
  'idempotency-keys',
  `Allocate: 1,000 SKUs of 20 batches, ${CLIENTS} clients, each request with an Idempotency-Key`,
  { stock: manySkus, ours: serviceWithKeys, other: service, against: 'none', least: 0.8 },
);

export const allocateMeasured = comparison(
  'metrics',
  `Allocate: 1,000 SKUs of 20 batches, ${CLIENTS} clients, with metrics and without`,
  { stock: manySkus, ours: measuredService, other: unmeasuredService, against: 'that without', least: 0.97 },
);

export const allocateOnInstances = instances('instances', manySkus, '1,000 SKUs of 20 batches');
export const allocateHotSkuOnInstances = instances('instances-hot', hotSku, 'ONE hot SKU of 20 batches');

/** One, two and four instances of the service on one database, whose processes share the cores of the machine. */
function instances(name: string, stock: Stock, what: string): Scenario {
  const title = `Allocate: ${what}, ${CLIENTS} clients, several instances on one database`;
  return {
    name,
    title,
    async run(bench) {
      const entries = await enter(bench, stock, CLIENTS, [
        fourInstances,
        fourInstancesBySku,
        twoInstances,
        twoInstancesBySku,
        oneInstance,
      ]);
      const [, , two, , one] = entries.map(({ rounds }) => rounds);
      return {
        goals: [atLeast(`${title}: throughput of two against one`, medianRatio(two, one, 'perSecond'), 1)],
        table: contestTable(entries),
      };
    },
  };
}

interface Compared {
  readonly stock: Stock;
  readonly ours: Contender;
  readonly other: Contender;
  /** What the other one is called in the goal. */
  readonly against: string;
  /** The throughput to have at least, as a multiple of that of the other. */
  readonly least: number;
}

/** A scenario whose one goal is the throughput of the service against that of another one. */
function comparison(name: string, title: string, { stock, ours, other, against, least }: Compared): Scenario {
  return {
    name,
    title,
    async run(bench) {
      const entries = await enter(bench, stock, CLIENTS, [ours, other]);
      const ratio = medianRatio(entries[0].rounds, entries[1].rounds, 'perSecond');
      return {
        goals: [atLeast(`${title}: throughput against ${against}`, ratio, least)],
        table: contestTable(entries),
      };
    },
  };
}

/** @returns for each contender its name and its rounds */
async function enter(bench: Bench, stock: Stock, clients: number, contenders: readonly Contender[]) {
  const rounds = await contest(bench, { contenders, stock, clients });
  return contenders.map(({ name }, index) => ({ name, rounds: rounds[index] }));
}
