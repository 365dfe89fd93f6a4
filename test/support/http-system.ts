import {
  allocationProblems,
  type DomainEvent,
  type Explanation,
  PromiseChanged,
  readEvent,
} from '../../src/allocation/contracts';
import {
  type Answer,
  type Ask,
  type AvailabilitySeen,
  type BatchSeen,
  type LineSeen,
  quantities,
  type QuoteSeen,
  type Seen,
  type SystemUnderTest,
  type Wish,
} from './life';
import { randomSku } from './random-refs';
import { RunningService } from './running-service';
import { query } from './sql';
import { StandingClock } from './standing-clock';
import { createTestDatabase, type TestDatabase } from './test-database';
import { until } from './until';

interface Response {
  readonly status: number;
  readonly body: unknown;
}

interface LineAnswer extends LineSeen {
  readonly batchRef: string;
  readonly eta: string | null;
}

interface BatchAnswer {
  readonly ref: string;
  readonly eta: string | null;
  readonly purchasedQuantity: number;
  readonly availableQuantity: number;
  readonly dispatchedQuantity: number;
}

interface AvailabilityAnswer extends Omit<AvailabilitySeen, 'quotes'> {
  readonly promise: { readonly canPromise: boolean; readonly batchRef: string; readonly eta: string | null };
  readonly split: {
    readonly lines: readonly { batchRef: string; eta: string | null; qty: number }[];
    readonly missing: number;
  };
}

interface EventsAnswer {
  readonly events: readonly { type: string; sequence: string; data: Record<string, unknown> }[];
  readonly next: string;
}

/** By the type of its problem document, the error that is refused with. */
const errors = new Map(
  Object.entries(allocationProblems).map(([kind, { example }]) => [`/problems/${kind}`, example!.name]),
);

/** Two instances of the service in processes of their own, on one database whose clock stands still. */
export class HttpInstances {
  private constructor(
    readonly database: TestDatabase,
    readonly clock: StandingClock,
    private readonly services: readonly RunningService[],
  ) {}

  static async start(): Promise<HttpInstances> {
    const database = await createTestDatabase();
    // Nothing that the instances write by clocks of their own may be old by this one.
    const clock = await StandingClock.in(database.url, new Date().toISOString());
    const environment = { DATABASE_URL: database.url };
    const services = await Promise.all([1, 2].map(() => RunningService.start(environment)));
    return new HttpInstances(database, clock, services);
  }

  /**
   * A SKU that nobody has used yet.
   * @param seed says which instance gets which request
   */
  newSku(seed: number): SystemUnderTest {
    return new HttpSystem(this, seed);
  }

  async ask(instance: number, method: string, path: string, body?: object): Promise<Response> {
    const { url } = this.services[instance % this.services.length];
    const response = await fetch(url + path, {
      method,
      headers: body && { 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  }

  async stop(): Promise<void> {
    await Promise.all(this.services.map((service) => service.stop()));
    await this.clock.stop();
    await this.database.drop();
  }
}

class HttpSystem implements SystemUnderTest {
  /** The sweepers of the instances do. */
  readonly sweeps = true;
  private readonly sku = randomSku();
  private readonly orders = new Set<string>();
  private asked = 0;
  /** Where the feed was read to, and what it told last. */
  private after = '';
  private sequence = 0;

  constructor(
    private readonly instances: HttpInstances,
    private readonly seed: number,
  ) {}

  pass(seconds: number): Promise<void> {
    return this.instances.clock.pass(seconds);
  }

  async carryOut(wish: Wish): Promise<Answer> {
    if (wish.do === 'expire') return undefined;
    // Over HTTP, that is asked for of a line of an order as a whole.
    if (wish.do === 'change line') throw new Error('There is no call for that');
    const { status, body } = await this.send(wish);
    if (status >= 300) return errorOf(body);
    if (wish.do !== 'ask') return undefined;
    this.orders.add(wish.order);
    return (await this.line(wish.order)).state;
  }

  /** A client is told that something is done, but not what came of it. */
  hears(wish: Wish, answer: Answer): Answer {
    return wish.do === 'ask' || (answer && [...errors.values()].includes(answer)) ? answer : undefined;
  }

  async explain({ do: _, order, ...ask }: Ask): Promise<Explanation | string> {
    const { sku } = this;
    const request = { orderId: this.long(order), sku, ...ask };
    const { status, body } = await this.ask('POST', '/v1/allocations/explain', request);
    if (status >= 300) return errorOf(body);
    const explanation = body as Explanation;
    const short = (batchRef: string | null) => batchRef && this.short(batchRef);
    const considered = explanation.considered.map((one) => ({ ...one, batchRef: this.short(one.batchRef) }));
    return { ...explanation, batchRef: short(explanation.batchRef), considered };
  }

  async look(): Promise<Seen> {
    await this.swept();
    const [events, lines, batches] = await Promise.all([
      this.newEvents(),
      Promise.all([...this.orders].map(async (order) => [order, await this.line(order)] as const)),
      this.batches(),
    ]);
    return {
      lines: Object.fromEntries(lines),
      batches,
      promises: events
        .filter((event) => event instanceof PromiseChanged)
        .map(({ orderId, previousEta, eta }) => [this.short(orderId), previousEta, eta] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    };
  }

  async availability(): Promise<AvailabilitySeen | undefined> {
    const path = `/v1/availability/${this.sku}`;
    const answers: AvailabilityAnswer[] = [];
    for (const qty of quantities) {
      const { status, body } = await this.ask('GET', `${path}?qty=${qty}`);
      if (status === 404) return undefined;
      expect([path, status]).toEqual([path, 200]);
      answers.push(body as AvailabilityAnswer);
    }
    const [{ availableNow, available, reserved, allocated, inTransit, waiting, schedule }] = answers;
    return {
      ...{ availableNow, available, reserved, allocated, inTransit, waiting },
      schedule: schedule.map(({ eta, available, reserved, allocated }) => ({
        ...{ eta, available, reserved, allocated },
      })),
      quotes: answers.map(({ promise, split }): QuoteSeen => {
        if (promise.canPromise) return { batchRef: this.short(promise.batchRef), eta: promise.eta };
        const parts = split.lines.map(({ batchRef, eta, qty }) => [this.short(batchRef), eta, qty] as const);
        return { parts, missing: split.missing };
      }),
    };
  }

  private send(wish: Exclude<Wish, { do: 'expire' | 'change line' }>): Promise<Response> {
    const { sku } = this;
    const batch = (method: string, what: string, body: object) =>
      this.ask(
        method,
        `/v1/batches/${encodeURIComponent(this.long((wish as { batchRef: string }).batchRef))}${what}`,
        body,
      );
    const line = (method: string, what: string) =>
      this.ask(
        method,
        `/v1/allocations/${encodeURIComponent(this.long((wish as { order: string }).order))}/${sku}${what}`,
      );
    switch (wish.do) {
      case 'create': {
        const { batchRef, qty, eta } = wish;
        return this.ask('POST', '/v1/batches', { ref: this.long(batchRef), sku, qty, eta });
      }
      case 'ask': {
        const { do: _, order, ...ask } = wish;
        return this.ask('POST', '/v1/allocations', { orderId: this.long(order), sku, ...ask });
      }
      case 'confirm':
      case 'reallocate':
      case 'dispatch':
        return line('POST', `/${wish.do}`);
      case 'give back':
        return line('DELETE', '');
      case 'set quantity':
        return batch('PATCH', '', { qty: wish.qty });
      case 'change ETA':
        return batch('PATCH', '', { eta: wish.eta, qty: wish.qty });
      case 'adjust':
        return batch('POST', '/adjustments', { delta: wish.delta, reason: wish.reason });
      case 'arrive':
        return batch('POST', '/arrive', { qty: wish.qty });
    }
  }

  /** Any of the instances; which, is up to the seed. */
  private ask(method: string, path: string, body?: object): Promise<Response> {
    const instance = (this.seed >> (this.asked++ % 31)) & 1;
    return this.instances.ask(instance, method, path, body);
  }

  private async get<Answer>(path: string): Promise<Answer> {
    const { status, body } = await this.ask('GET', path);
    expect([path, status]).toEqual([path, 200]);
    return body as Answer;
  }

  /** Waits until nothing is left that ran out. */
  private swept(): Promise<void> {
    return until(async () => {
      const due = await query(
        this.instances.database.url,
        `SELECT FROM allocations JOIN standing.clock ON expires_at <= time WHERE state = 'reserved' AND sku = '${this.sku}'`,
      );
      return due.length === 0;
    });
  }

  private async line(order: string): Promise<LineSeen> {
    const { lines } = await this.get<{ lines: LineAnswer[] }>(
      `/v1/allocations/${encodeURIComponent(this.long(order))}`,
    );
    const [{ state, qty, batchRef, eta, priority, expiresAt, place }] = lines;
    if (state === 'waiting') return { state, qty, priority, place };
    if (!batchRef) return { state, qty };
    const held = { state, qty, batchRef: this.short(batchRef), eta, priority };
    return state === 'reserved' ? { ...held, expiresAt } : held;
  }

  /** The batches with their movements; what is available in all of them has to be what the SKU has. */
  private async batches(): Promise<Record<string, BatchSeen>> {
    const { items } = await this.get<{ items: BatchAnswer[] }>(`/v1/batches?sku=${this.sku}`);
    const available = items.reduce((sum, { availableQuantity }) => sum + availableQuantity, 0);
    if (items.length > 0) expect(await this.get(`/v1/availability/${this.sku}`)).toMatchObject({ available });
    const seen = items.map(async (batch): Promise<[string, BatchSeen]> => {
      const { items } = await this.get<{ items: { pieces: number; reason: string }[] }>(
        `/v1/batches/${encodeURIComponent(batch.ref)}/movements?limit=1000`,
      );
      const movements = items.map(({ pieces, reason }) => [pieces, reason] as const).reverse();
      const has = batch.purchasedQuantity - batch.dispatchedQuantity;
      return [this.short(batch.ref), { eta: batch.eta, available: batch.availableQuantity, has, movements }];
    });
    return Object.fromEntries(await Promise.all(seen));
  }

  /** What the feed tells since one looked last, up to the newest event that is committed. */
  private async newEvents(): Promise<DomainEvent[]> {
    const [product] = await query(
      this.instances.database.url,
      `SELECT version_number::int AS version FROM products WHERE sku = '${this.sku}'`,
    );
    const events: DomainEvent[] = [];
    while (this.sequence < Number(product?.version ?? 0)) {
      const after = this.after && `&after=${this.after}`;
      const page = await this.get<EventsAnswer>(`/v1/events?sku=${this.sku}&limit=1000&wait=5${after}`);
      this.after = page.next;
      for (const { type, data, sequence } of page.events) {
        const [, name, version] = /\.(\w+)\.v(\d+)$/.exec(type)!;
        events.push(readEvent(name, Number(version), data)!);
        expect(Number(sequence)).toBe((this.sequence += 1));
      }
    }
    return events;
  }

  /** References are unique among all SKUs. */
  private long(name: string): string {
    return `${name} of ${this.sku}`;
  }

  private short(name: string): string {
    return name.split(' ')[0];
  }
}

function errorOf(problem: unknown): string {
  const { type } = problem as { type: string };
  return errors.get(type) ?? `a problem of type ${type}`;
}
