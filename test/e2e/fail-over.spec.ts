import { setTimeout as pause } from 'node:timers/promises';
import { auditViews, auditWriteModel } from '../support/audit';
import { isDelivered } from '../support/delivered';
import { FeedFollower, nameOfEvent } from '../support/feed-follower';
import { PostgresPair } from '../support/postgres-pair';
import { RunningService } from '../support/running-service';
import { query } from '../support/sql';
import { Stopwatch } from '../support/stalls';
import { until } from '../support/until';

const CLIENTS = 8;
const SKUS = ['SOFA', 'LAMP', 'STOOL', 'SHELF'];
/** How long writes may fail once a standby has been told to take over. */
const LIMIT_MS = 10_000;

/** Clients that send lines, and orders of one line, each until it is acknowledged. */
class Load {
  readonly lines = new Set<string>();
  readonly orders = new Set<string>();
  /** Answers other than those that acknowledge. */
  readonly refusals = new Set<string>();
  private enough = false;
  private readonly clients: Promise<unknown>;
  private next = 0;

  constructor(private readonly url: string) {
    this.clients = Promise.all(Array.from({ length: CLIENTS }, () => this.client()));
  }

  get acknowledged(): number {
    return this.lines.size + this.orders.size;
  }

  /** @throws what kept a client from an answer */
  async stop(): Promise<void> {
    this.enough = true;
    await this.clients;
  }

  private async client(): Promise<void> {
    while (!this.enough) {
      const n = this.next++;
      const line = { sku: SKUS[n % SKUS.length], qty: 1 };
      if (n % 4 === 0) await this.send('/v1/orders', { orderId: `order-${n}`, lines: [line] }, this.orders);
      else await this.send('/v1/allocations', { orderId: `line-${n}`, ...line }, this.lines);
    }
  }

  private async send(
    path: string,
    body: { orderId: string; [field: string]: unknown },
    acknowledged: Set<string>,
  ): Promise<void> {
    while (!this.enough) {
      const response = await fetch(this.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      const { type } = JSON.parse((await response.text()) || '{}') as { type?: string };
      if (response.ok) return void acknowledged.add(body.orderId);
      this.refusals.add(`${response.status} ${type}`);
      await pause(20);
    }
  }
}

describe('a service on a primary with a synchronous standby', () => {
  let pair: PostgresPair;
  let service: RunningService;
  let load: Load;
  let followers: FeedFollower[];

  beforeEach(async () => {
    pair = await PostgresPair.start();
    service = await RunningService.start({ DATABASE_URL: `${pair.url}?target_session_attrs=read-write` });
    for (const sku of SKUS) await service.post('/v1/batches', { ref: `b-${sku}`, sku, qty: 1_000_000 });
    followers = (['stream', 'poll'] as const).map((way) => new FeedFollower(() => service.url, way).start());
    load = new Load(service.url);
    await until(() => load.acknowledged > 200, 60);
  });
  afterEach(async () => {
    await Promise.all(followers.map((follower) => follower.stop()));
    await service.stop('SIGKILL');
    await load.stop().catch(() => {});
    await pair.stop();
  });

  /** Has the standby take over. @returns how long it took from then on until it had a write, in milliseconds without stalls */
  async function takeOver(): Promise<number> {
    const watch = new Stopwatch();
    await pair.promote();
    // What is sent now can be acknowledged by nobody else.
    const write = (n: number) => service.post('/v1/batches', { ref: `after-${n}`, sku: 'BENCH', qty: 1 });
    let n = 0;
    await until(async () => (await write(n++)) === 201, 60);
    return watch.stop();
  }

  /** Nothing is wrong in the end, and everybody goes on. */
  async function audit(): Promise<void> {
    const before = load.acknowledged;
    await until(() => load.acknowledged > before + 200, 60);
    await load.stop();
    const { url } = pair.standby;
    await until(() => isDelivered(url), 60);

    const held = new Set((await query(url, 'SELECT order_id FROM allocations')).map((row) => row.order_id));
    expect([...load.lines, ...load.orders].filter((orderId) => !held.has(orderId))).toEqual([]);
    expect(await auditWriteModel(url)).toEqual([]);
    expect(await auditViews(url)).toEqual([]);
    expect([...load.refusals].filter((refusal) => refusal !== '503 /problems/unavailable')).toEqual([]);
    const epochs = await query(url, 'SELECT FROM log_epochs');
    expect(epochs).toHaveLength(2);
    expect(service.lines.filter((line) => line.includes('The primary is'))).toHaveLength(1);
  }

  test.each([
    ['is killed', () => pair.primary.kill()],
    ['vanishes without a word', () => void pair.primary.freeze()],
  ])(
    'loses nothing that was acknowledged when the primary %s, and writes within ten seconds once the standby has taken over (promises 1 and 5)',
    async (_what, end) => {
      end();
      const ms = await takeOver();
      console.log(`The first write was acknowledged ${Math.round(ms)} ms after the promotion`);
      expect(ms).toBeLessThan(LIMIT_MS);
      await audit();

      // Followers go on from where they were, and have seen by now what everybody sees.
      const log = await query(pair.standby.url, 'SELECT sku, sequence FROM log ORDER BY position');
      const all = log.map(({ sku, sequence }) => nameOfEvent(String(sku), Number(sequence)));
      for (const { seen, refused } of followers) {
        await until(() => seen.length >= all.length).catch(() => {});
        expect(refused).toEqual([]);
        expect(seen).toEqual(all);
      }
      expect(await service.stop()).toBe(0);
    },
    180_000,
  );
});
