import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { Bench } from '../bench';
import { linesOf } from '../contest';
import { connectedTo, type Database } from '../database';
import { type Asked, keepAsking } from '../load';
import { fillLog, leaveUnnumbered } from '../log';
import { milliseconds, times, whole } from '../report/format';
import { atMost, under } from '../report/goals';
import type { Goal, Scenario } from '../scenario';
import { BUILT_SERVICE, ServiceProcess } from '../service';
import { summarise, type Summary } from '../statistics';
import { skuNames, stockUp } from '../stock';
import { asService, type Upkeep } from '../upkeep';

const CLIENTS = 16;
const IDLE_ROUNDS = 300;
const skus = skuNames('sku', 1_000);
const stock = { skus, batchesPerSku: 20, freePerBatch: 1_000 };

/** What is kept in the service's hands while the figures are taken; the benchmark removes events by itself. */
const KEEPING = { EVENT_RETENTION_DAYS: 'forever' };

/** Whatever is in the log, commands and the upkeep of the log take the same time. */
export const logSize: Scenario = {
  name: 'log-size',
  title: 'A long log, and a long backlog',
  async run(bench) {
    const { logEvents, backlog } = bench.sizes;
    const empty = await bench.server.create((client) => stockUp(client, stock));
    const full = await bench.server.create(async (client) => {
      await fillLog(client, logEvents, (events) => {
        if (events % 5_000_000 === 0) bench.report(`${whole(events)} events in the log`);
      });
      await stockUp(client, stock);
    });
    try {
      const allocated = new Map<Database, number>();
      const check = async (database: Database, asked: Asked) => {
        allocated.set(database, (allocated.get(database) ?? 0) + asked.answered);
        await bench.check(database, asked, allocated.get(database)!);
      };
      const [long, short] = await compare(bench, [full, empty], check);
      bench.report(`${whole(logEvents)} events`, long);
      bench.report('none', short);
      const { load: alone } = await withLoad(bench, full, check, () =>
        pause(bench.sizes.seconds * 1_000, {}),
      );
      const { rounds, drops } = await asService(full.url, async (upkeep) => ({
        rounds: await idleRounds(upkeep),
        drops: await dropParts(bench, full, upkeep, check),
      }));
      const worked = await workOff(bench, full, check);
      const goals: Goal[] = [
        atMost(
          `Allocate with ${whole(logEvents)} events in the log: p50 against an empty one`,
          long.p50 / short.p50,
          1.2,
        ),
        ...rounds.map(([what, { p50 }]) => under(`${what}: p50`, p50, 5)),
        under('Allocate while parts of the log are dropped: p99', drops.load.p99, 100),
        {
          what: `${whole(backlog)} events that wait to be numbered`,
          goal: 'at least 5,000/s',
          measured: `${whole(worked.perSecond)}/s`,
          met: worked.perSecond >= 5_000,
        },
        {
          what: 'The same until every reader of the log has passed them',
          goal: 'at least 5,000/s',
          measured: `${whole(worked.readPerSecond)}/s`,
          met: worked.readPerSecond >= 5_000,
        },
        under('Allocate meanwhile: p99', worked.load.p99, 100),
        {
          what: 'Memory of the service meanwhile (RSS)',
          goal: 'under 500 MB',
          measured: `at most ${whole(worked.memory)} MB`,
          met: worked.memory < 500,
        },
      ];
      const row = (what: string, { count, p50, p99, max }: Summary) => [
        what,
        whole(count),
        ...[p50, p99, max].map(milliseconds),
      ];
      return {
        goals,
        table: {
          head: ['', 'times', 'p50', 'p99', 'longest'],
          rows: [
            row('allocate with an empty log, one client', short),
            row(`allocate with ${whole(logEvents)} events, one client`, long),
            ...rounds.map(([what, summary]) => row(what, summary)),
            row(`allocate, ${CLIENTS} clients`, alone),
            row(`drop a part, ${CLIENTS} clients allocating`, drops.parts),
            row('allocate meanwhile', drops.load),
            row('read 100 events of the log meanwhile', drops.reads),
            row(`allocate while ${whole(backlog)} events are numbered, ${CLIENTS} clients`, worked.load),
          ],
        },
        notes: `${whole(drops.events)} events were dropped. The backlog took ${times(worked.seconds)} s.`,
      };
    } finally {
      await full.drop();
      await empty.drop();
    }
  },
};

type Check = (database: Database, asked: Asked) => Promise<void>;

/** One client asks both services in turn, so that whatever else the machine does slows both down alike. */
async function compare(bench: Bench, databases: readonly Database[], check: Check): Promise<Summary[]> {
  const { warmUpSeconds, seconds, rounds } = bench.sizes;
  const sides = await Promise.all(
    databases.map(async (database) => {
      const service = await ServiceProcess.start(database.url, BUILT_SERVICE, KEEPING);
      const [client] = await service.connect(1);
      const nextLine = linesOf(skus);
      const ask = () => client.expect(202, 'POST', '/v1/allocations', { ...nextLine(), qty: 1 });
      return { database, service, client, ask, latencies: [] as number[], answered: 0 };
    }),
  );
  const from = performance.now() + 2 * warmUpSeconds * 1_000;
  const until = from + seconds * rounds * 1_000;
  let turn = 0;
  const asked = await keepAsking(
    [() => sides[turn % sides.length].ask()],
    () => performance.now() >= until,
    (begun, ended) => {
      const side = sides[turn % sides.length];
      side.answered += 1;
      if (begun >= from) side.latencies.push(ended - begun);
      turn += 1;
    },
  );
  for (const { client, service, database, answered } of sides) {
    client.close();
    await service.stop();
    await check(database, { answered, failures: asked.failures });
  }
  return sides.map(({ latencies }) => summarise(latencies, seconds * rounds));
}

/** What the upkeep of the log costs when there is nothing to do. */
async function idleRounds({ sequencer, retention }: Upkeep): Promise<(readonly [string, Summary])[]> {
  const rounds: [string, () => Promise<unknown>][] = [
    ['round of the sequencer with nothing to number', () => sequencer.number()],
    ['round of retention with nothing due', () => retention.removeDue()],
  ];
  // The rules are due once, and are followed.
  while (await retention.removeDue());
  const measured: (readonly [string, Summary])[] = [];
  for (const [what, round] of rounds) {
    const took: number[] = [];
    for (let count = 0; count < IDLE_ROUNDS; count += 1) took.push(await timed(round));
    measured.push([what, summarise(took, 1)]);
  }
  return measured;
}

/** Drops what is older than 90 of 100 days, while clients allocate and somebody reads the log. */
async function dropParts(bench: Bench, full: Database, upkeep: Upkeep, check: Check) {
  return withLoad(bench, full, check, async () => {
    await pause(bench.sizes.warmUpSeconds * 1_000);
    let reading = true;
    const reads: number[] = [];
    const reader = (async () => {
      while (reading) {
        reads.push(await timed(() => readNewest(upkeep.dataSource)));
        await pause(5);
      }
    })();
    const before = await firstPosition(upkeep.dataSource);
    const parts: number[] = [];
    await upkeep
      .dropWhatIsOld(async (drop) => {
        parts.push(await timed(drop));
        await pause(200);
      })
      .finally(() => (reading = false));
    await reader;
    const events = (await firstPosition(upkeep.dataSource)) - before;
    return { parts: summarise(parts, 1), reads: summarise(reads, 1), events };
  });
}

/** All instances were down; one comes up, and clients with it. */
async function workOff(bench: Bench, full: Database, check: Check) {
  const { backlog } = bench.sizes;
  await connectedTo(full.url, (client) => leaveUnnumbered(client, backlog));
  bench.report(`${whole(backlog)} events wait to be numbered`);
  return withLoad(bench, full, check, async (service) => {
    const begun = performance.now();
    let [memory, last] = [0, 0];
    await connectedTo(full.url, async (client) => {
      for (let left = 1; left > 0; await pause(100)) {
        const { rows } = await client.query<{ left: number }>(
          `SELECT count(*)::int AS left FROM (SELECT FROM outbox WHERE correlation_id = 'late' LIMIT 1) one`,
        );
        [{ left }] = rows;
        memory = Math.max(memory, await service.memory());
      }
      last = Number((await client.query<{ last: string }>('SELECT log_position() AS last')).rows[0].last);
    });
    const seconds = (performance.now() - begun) / 1_000;
    await connectedTo(full.url, async (client) => {
      for (let behind = 1; behind > 0; await pause(100)) {
        const { rows } = await client.query<{ behind: number }>(
          `SELECT count(*)::int AS behind FROM readers WHERE kind = 'handler' AND position < $1::bigint`,
          [last],
        );
        [{ behind }] = rows;
        memory = Math.max(memory, await service.memory());
      }
    });
    const secondsToRead = (performance.now() - begun) / 1_000;
    return { seconds, perSecond: backlog / seconds, readPerSecond: backlog / secondsToRead, memory };
  });
}

/** Does `work` while clients allocate. */
async function withLoad<T>(
  bench: Bench,
  database: Database,
  check: Check,
  work: (service: ServiceProcess) => Promise<T>,
): Promise<T & { load: Summary }> {
  const service = await ServiceProcess.start(database.url, BUILT_SERVICE, KEEPING);
  try {
    const clients = await service.connect(CLIENTS);
    const nextLine = linesOf(skus);
    const prefix = `${Date.now()}-`;
    const latencies: number[] = [];
    let done = false;
    const load = keepAsking(
      clients.map((client) => () => {
        const { orderId, sku } = nextLine();
        return client.expect(202, 'POST', '/v1/allocations', { orderId: prefix + orderId, sku, qty: 1 });
      }),
      () => done,
      (begun, ended) => latencies.push(ended - begun),
    );
    const begun = performance.now();
    const result = await work(service).finally(() => (done = true));
    const asked = await load;
    const summary = summarise(latencies, (performance.now() - begun) / 1_000);
    bench.report('meanwhile', summary);
    for (const client of clients) client.close();
    await check(database, asked);
    return { ...result, load: summary };
  } finally {
    await service.stop();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

function readNewest(dataSource: DataSource): Promise<unknown> {
  return dataSource.query(
    'SELECT * FROM log WHERE position > log_position() - 100 ORDER BY position LIMIT 100',
  );
}

async function firstPosition(dataSource: DataSource): Promise<number> {
  const [{ first }] = await dataSource.query<[{ first: string }]>(
    'SELECT first_position AS first FROM log_head',
  );
  return Number(first);
}
