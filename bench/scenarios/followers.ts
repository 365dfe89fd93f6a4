import type { Client } from 'pg';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { Bench } from '../bench';
import { connectedTo } from '../database';
import { Follower } from '../follower';
import { withFreshService } from '../fresh-service';
import { whole } from '../report/format';
import type { Scenario } from '../scenario';
import { percentile } from '../statistics';
import { skuNames } from '../stock';

const EVENTS_PER_SECOND = 5_000;
const BURSTS_PER_SECOND = 20;
const BURST = EVENTS_PER_SECOND / BURSTS_PER_SECOND;
const skus = skuNames('sku', 50);

/** Who follows, by the number of followers and the filter of each. */
const groups = [
  { what: 'nobody', followers: 0, query: () => '' },
  { what: '1 of all events', followers: 1, query: () => '' },
  {
    what: '500 of one SKU of 50 each',
    followers: 500,
    query: (n: number) => `&sku=${skus[n % skus.length]}`,
  },
  { what: '100 of all events', followers: 100, query: () => '' },
  { what: '500 of all events', followers: 500, query: () => '' },
];

interface Measured {
  /** Written in a second. */
  readonly events: number;
  /** Per cent of a core. */
  readonly cpu: number;
  /** MB. */
  readonly memory: number;
  /** Of the first follower, in milliseconds, ascending. */
  readonly delays: Float64Array;
  /** Sent in a second. */
  readonly megabytes: number;
  /** Milliseconds after the last event was written until everyone had it. */
  readonly behind: number;
}

/** What those cost who follow the log as a stream, while much happens. */
export const followers: Scenario = {
  name: 'followers',
  title: 'Followers of the event stream',
  async run(bench) {
    const rows: string[][] = [];
    for (const { what, followers, query } of groups) {
      const { events, cpu, memory, delays, megabytes, behind } = await measure(bench, followers, query);
      bench.report(`${what}: ${whole(events)} events/s, ${whole(cpu)} % of a core`);
      rows.push([
        what,
        whole(events),
        `${whole(cpu)} %`,
        `${whole(memory)} MB`,
        whole(megabytes),
        followers === 0 ? '' : `${whole(percentile(delays, 50))} ms`,
        followers === 0 ? '' : `${whole(percentile(delays, 99))} ms`,
        followers === 0 ? '' : `${whole(behind)} ms`,
      ]);
    }
    return {
      goals: [],
      table: {
        head: [
          'who follows',
          'events/s',
          'CPU of the service',
          'RSS',
          'MB/s',
          'delay p50',
          'p99',
          'all have all after',
        ],
        rows,
      },
      notes:
        `${whole(EVENTS_PER_SECOND)} events a second are to be written, past the service, which numbers and tells them. The ` +
        'delay of an event is from its recording to its arrival at the first follower. The last column is how long after ' +
        'the last event was written every follower had it. Whoever follows is part of the measuring process.',
    };
  },
};

function measure(bench: Bench, count: number, query: (n: number) => string): Promise<Measured> {
  return withFreshService(
    bench,
    async () => {},
    async (service, database) => {
      const all = await Promise.all(
        Array.from({ length: count }, (_, n) => Follower.start(service.url, query(n), n === 0)),
      );
      const bytesBefore = bytesOf(all);
      const cpuBefore = await service.cpuSeconds();
      const begun = performance.now();
      const last = await connectedTo(database.url, (client) => write(client, bench.sizes.seconds));
      const written = performance.now();
      const seconds = (written - begun) / 1_000;
      const bytes = bytesOf(all) - bytesBefore;
      const cpu = ((await service.cpuSeconds()) - cpuBefore) / seconds;
      const memory = await service.memory();
      const deadline = written + 60_000;
      while (!all.every((follower) => follower.hasCome(last)) && performance.now() < deadline) await pause(5);
      if (performance.now() >= deadline)
        bench.fail(['Not every follower has had every event a minute later']);
      const behind = performance.now() - written;
      for (const follower of all) follower.close();
      const events = (last * skus.length) / seconds;
      const delays = Float64Array.from(all[0]?.delays ?? []).sort();
      return { events, cpu: cpu * 100, memory, delays, megabytes: bytes / seconds / 1e6, behind };
    },
  );
}

/** Writes events of all SKUs in turn as units of work do. @returns the last number of each SKU */
async function write(client: Client, seconds: number): Promise<number> {
  const begun = performance.now();
  let sequence = 0;
  for (let burst = 0; burst < seconds * BURSTS_PER_SECOND; burst += 1) {
    const perSku = BURST / skus.length;
    await client.query(
      `INSERT INTO outbox (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data)
       SELECT gen_random_uuid(), 'Allocated', 2, sku, $2 + n, clock_timestamp(), gen_random_uuid(), gen_random_uuid(),
         jsonb_build_object('sku', sku, 'orderId', 'order-' || n, 'qty', 1, 'batchRef', 'batch-of-' || sku, 'eta', NULL, 'available', n)
       FROM generate_series(1, $3::int) AS n CROSS JOIN unnest($1::text[]) AS sku`,
      [skus, sequence, perSku],
    );
    sequence += perSku;
    await pause(Math.max(0, begun + ((burst + 1) * 1_000) / BURSTS_PER_SECOND - performance.now()));
  }
  return sequence;
}

function bytesOf(all: readonly Follower[]): number {
  return all.reduce((sum, { bytes }) => sum + bytes, 0);
}
