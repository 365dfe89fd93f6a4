import { auditViews, auditWriteModel } from '../support/audit';
import { stockAllocation } from '../support/command-line';
import { RunningService } from '../support/running-service';
import { query } from '../support/sql';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

interface Page {
  readonly status: number;
  readonly events: readonly { readonly data: { readonly batchRef?: string } }[];
  readonly next: string;
}

let from: TestDatabase;
let to: TestDatabase;
const services: RunningService[] = [];

beforeEach(async () => {
  [from, to] = await Promise.all([createTestDatabase(), createEmptyDatabase()]);
});
afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.stop()));
  await Promise.all([from.drop(), to.drop()]);
});

async function start({ url }: TestDatabase): Promise<RunningService> {
  const service = await RunningService.start({ DATABASE_URL: url });
  services.push(service);
  return service;
}

async function feed({ url }: RunningService, search: string): Promise<Page> {
  const response = await fetch(`${url}/v1/events?${search}`);
  return { ...((await response.json()) as Page), status: response.status };
}

/** The cursor of somebody who has read so many events more. */
function further(cursor: string, events: number): string {
  const bytes = Buffer.from(cursor, 'base64url');
  bytes.writeBigUInt64BE(bytes.readBigUInt64BE(16) + BigInt(events), 16);
  return bytes.toString('base64url');
}

describe('a copy of the database that was taken while commands came in', () => {
  test('has every line that was acknowledged before, agrees with itself, and cursors go on in it', async () => {
    const service = await start(from);
    await service.post('/v1/batches', { ref: 'b1', sku: 'LAMP', qty: 1_000_000 });
    const acknowledged: string[] = [];
    let isOver = false;
    const load = (async () => {
      for (let n = 1; !isOver; n += 1) {
        const line = { orderId: `o${n}`, sku: 'LAMP', qty: 1 };
        if ((await service.post('/v1/allocations', line)) === 202) acknowledged.push(line.orderId);
      }
    })();
    await until(() => acknowledged.length > 100);
    const before = [...acknowledged];
    // What is acknowledged has its place in the log a moment later.
    await until(async () => (await feed(service, 'limit=50')).events.length === 50);
    const { events, next } = await feed(service, 'limit=50');
    expect(events).toHaveLength(50);
    const { stdout, code } = await stockAllocation(['copy-database', to.url], { DATABASE_URL: from.url });
    isOver = true;
    await load;
    expect(stdout).toMatch(/^Copied \d+ rows of \d+ tables\n$/);
    expect(code).toBe(0);

    const copy = await start(to);
    const kept = await query(to.url, 'SELECT order_id FROM allocations');
    const ids = new Set(kept.map(({ order_id: id }) => id));
    expect(before.filter((orderId) => !ids.has(orderId))).toEqual([]);
    // The last ones were committed and not yet numbered.
    await until(async () => (await query(to.url, 'SELECT FROM outbox LIMIT 1')).length === 0);
    await until(async () => (await auditViews(to.url)).length === 0);
    expect(await auditWriteModel(to.url)).toEqual([]);
    expect((await feed(copy, `after=${next}&limit=1`)).events).toHaveLength(1);
    // What happened behind the copy is gone in it, and whoever has read that is told.
    expect((await feed(copy, `after=${further(next, 1_000_000)}`)).status).toBe(410);
    expect(await copy.post('/v1/batches', { ref: 'b2', sku: 'LAMP', qty: 1 })).toBe(201);
  }, 240_000);

  test('is refused where there are tables already', async () => {
    const { stderr, code } = await stockAllocation(['copy-database', from.url], { DATABASE_URL: from.url });
    expect(stderr).toContain('There are tables already where the copy is to go: name an empty database');
    expect(code).toBe(2);
  });
});
