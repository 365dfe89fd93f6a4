import { setTimeout as pause } from 'node:timers/promises';
import { HttpConnection, type Method, type Reply } from '../http-connection';

const CLIENTS = 32;
/** Lines, or batches, in one request. */
export const BULK = 20;
/** How often a request is sent that is answered 503, and the pause before it is sent again. */
const [ATTEMPTS, PAUSE_MS] = [50, 200];

export interface LineWish {
  readonly orderId: string;
  readonly sku: string;
  readonly qty: number;
  readonly wait: boolean;
}

/** How a line stands by an answer. */
export interface LineAnswer {
  readonly status: number;
  readonly outcome?: string;
  readonly batchRef?: string | null;
  readonly eta?: string | null;
}

export interface BatchWish {
  readonly ref: string;
  readonly sku: string;
  readonly qty: number;
  readonly eta: string | null;
}

/** An event as the feed has it. */
export interface FeedEvent {
  readonly type: string;
  readonly subject: string;
  readonly sequence: string;
  readonly data: {
    readonly orderId: string;
    readonly batchRef: string | null;
    readonly eta: string | null;
    readonly reason?: string | null;
  };
}

export interface BatchStock {
  readonly ref: string;
  readonly eta: string | null;
  readonly purchasedQuantity: number;
  readonly allocatedQuantity: number;
  readonly dispatchedQuantity: number;
}

export interface SkuStock {
  readonly sku: string;
  readonly available: number;
  readonly sequence: number;
}

export interface WaitingStock {
  readonly allocated: number;
  readonly waiting: { readonly lines: number; readonly pieces: number };
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** The calls that the shop makes, up to 32 at a time. What is answered 503 is sent again. */
export class Calls {
  /** Requests that were answered 503. */
  again = 0;
  /** Undefined: not opened yet. */
  private readonly free = Array.from({ length: CLIENTS }, (): HttpConnection | undefined => undefined);
  private readonly waiting: ((connection: HttpConnection | undefined) => void)[] = [];

  /** @param url where the service listens */
  constructor(private readonly url: string) {}

  /** @param onAnswer gets how many milliseconds the answer took */
  async allocate(
    lines: readonly LineWish[],
    onAnswer: (milliseconds: number) => void,
  ): Promise<LineAnswer[]> {
    const { content } = await this.expect(
      200,
      'POST',
      '/v1/allocations/bulk',
      { items: lines },
      {},
      onAnswer,
    );
    return (content as { results: LineAnswer[] }).results;
  }

  async cancel({ orderId, sku }: LineWish): Promise<void> {
    await this.expect(202, 'DELETE', `/v1/allocations/${orderId}/${sku}`);
  }

  async dispatch({ orderId, sku }: LineWish): Promise<void> {
    await this.expect(202, 'POST', `/v1/allocations/${orderId}/${sku}/dispatch`);
  }

  /** @throws Error when one of them is refused */
  async createBatches(batches: readonly BatchWish[]): Promise<void> {
    const { content } = await this.expect(200, 'POST', '/v1/batches/bulk', { items: batches });
    for (const { status } of (content as { results: LineAnswer[] }).results)
      if (status !== 201) throw new Error(`A batch was answered ${status}`);
  }

  async slip(batchRef: string, eta: string): Promise<void> {
    await this.expect(202, 'PATCH', `/v1/batches/${batchRef}`, { eta });
  }

  async arrive(batchRef: string, qty: number): Promise<void> {
    await this.expect(202, 'POST', `/v1/batches/${batchRef}/arrive`, { qty });
  }

  async damage(batchRef: string, pieces: number): Promise<void> {
    const path = `/v1/batches/${batchRef}/adjustments`;
    // A batch is damaged once, so its reference names the request, which must not be carried out twice.
    const headers = { 'Idempotency-Key': `"damaged-${batchRef}"` };
    await this.expect(202, 'POST', path, { delta: -pieces, reason: 'damaged' }, headers);
  }

  async events(after: string | undefined): Promise<{ events: readonly FeedEvent[]; next: string }> {
    const from = after === undefined ? '' : `&after=${encodeURIComponent(after)}`;
    const { content } = await this.expect(200, 'GET', `/v1/events?limit=1000&wait=1${from}`);
    return content as { events: FeedEvent[]; next: string };
  }

  skus(): Promise<SkuStock[]> {
    return this.pages<SkuStock>('/v1/skus');
  }

  batches(): Promise<BatchStock[]> {
    return this.pages<BatchStock>('/v1/batches');
  }

  async availability(sku: string): Promise<WaitingStock> {
    return (await this.expect(200, 'GET', `/v1/availability/${sku}`)).content as WaitingStock;
  }

  close(): void {
    for (const connection of this.free) connection?.close();
  }

  private async pages<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    for (let after = ''; ;) {
      const { content } = await this.expect(200, 'GET', `${path}?limit=1000${after}`);
      const page = content as Page<T>;
      for (const item of page.items) items.push(item);
      if (page.next === null) return items;
      after = `&after=${encodeURIComponent(page.next)}`;
    }
  }

  private async expect(
    status: number,
    method: Method,
    path: string,
    body?: object,
    headers?: Readonly<Record<string, string>>,
    onAnswer?: (milliseconds: number) => void,
  ): Promise<Reply> {
    let connection = await this.take();
    // One on which nothing was asked for some time is closed by the service.
    if (!connection?.isOpen) connection = await HttpConnection.open(this.url);
    try {
      for (let attempt = 1; ; attempt += 1) {
        const asked = performance.now();
        const reply = await connection.ask(method, path, body, headers);
        if (!isUnavailable(reply) || attempt === ATTEMPTS) {
          onAnswer?.(performance.now() - asked);
          // What was carried out before its 503 is not there any more.
          const isGone = reply.status === 404 && method === 'DELETE' && attempt > 1;
          if (reply.status === status || isGone) return reply;
          throw new Error(`${method} ${path} was answered ${reply.status}: ${JSON.stringify(reply.content)}`);
        }
        this.again += 1;
        await pause(PAUSE_MS);
      }
    } finally {
      const next = this.waiting.shift();
      if (next) next(connection);
      else this.free.push(connection);
    }
  }

  private async take(): Promise<HttpConnection | undefined> {
    if (this.free.length > 0) return this.free.shift();
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

/** Whether all of a request, or an item of it, has to be sent again. Items that were carried out may be sent again, too. */
function isUnavailable({ status, content }: Reply): boolean {
  const { results = [] } = (content ?? {}) as { results?: readonly LineAnswer[] };
  return status === 503 || results.some((result) => result.status === 503);
}
