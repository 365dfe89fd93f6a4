import { setMaxListeners } from 'node:events';
import { DataSource } from 'typeorm';
import { LogTail } from '../../src/feed/log-tail';
import { LogSequencer } from '../../src/log/contracts';
import { HttpApp } from '../support/http-app';
import { number } from '../support/numbered';
import { get, RawClient } from '../support/raw-client';
import { until } from '../support/until';

interface Page {
  readonly events: {
    readonly type: string;
    readonly subject: string;
    readonly sequence: string;
    readonly data: Record<string, unknown>;
  }[];
  readonly next: string;
}

let http: HttpApp;
beforeEach(async () => {
  http = await HttpApp.start();
});
afterEach(() => http.stop());

/** Waits until all that was committed is in the log. */
async function numbered(): Promise<void> {
  await number(http.app.get(DataSource), http.app.get(LogSequencer));
}

/** A batch of a hundred, and lines of one piece each. */
async function shop(sku: string, lines = 1): Promise<void> {
  await http.post('/v1/batches', { ref: `batch of ${sku}`, sku, qty: 100 });
  for (let n = 1; n <= lines; n += 1) await order(sku, n);
  await numbered();
}

async function order(sku: string, n: number): Promise<void> {
  const answer = await http.post('/v1/allocations', { orderId: `order-${n}`, sku, qty: 1 });
  expect(answer.statusCode).toBe(202);
}

const page = async (query: string) => (await http.get(`/v1/events?${query}`)).json<Page>();
const names = ({ events }: Page) =>
  events.map(({ type, subject, sequence }) => `${type.split('.')[1]} ${subject} ${Number(sequence)}`);
const now = async () => (await page('after=now')).next;

/** The events of a stream, each with its id. */
const framesIn = (body: string) =>
  [...body.matchAll(/^event: (.*)\nid: (.*)\ndata: (.*)\n\n/gm)].map(([, event, id, data]) => ({
    event,
    id,
    data: JSON.parse(data) as Page['events'][number],
  }));

describe('GET /v1/events', () => {
  test.each([
    ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', true],
    ['00-00000000000000000000000000000000-b7ad6b7169203331-01', false],
    ['00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01', false],
    ['ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', false],
    ['of our own', false],
  ])('names the trace of the request that caused an event, if it is one: %s', async (traceparent, isOne) => {
    await http.send('POST', '/v1/batches', { ref: 'one', sku: 'RUG', qty: 1 }, { traceparent });
    await numbered();
    const [event] = (await page('')).events;
    expect(event).toMatchObject({ subject: 'RUG' });
    expect((event as { traceparent?: string }).traceparent).toBe(isOne ? traceparent : undefined);
  });

  test('answers what happened to all SKUs, in one order, as CloudEvents', async () => {
    await shop('RUG');
    await shop('LAMP');
    const all = await page('');
    expect(names(all)).toEqual([
      'BatchCreated RUG 1',
      'Allocated RUG 2',
      'BatchCreated LAMP 1',
      'Allocated LAMP 2',
    ]);
    expect(all.events[1]).toMatchObject({
      specversion: '1.0',
      source: '/stock-allocation',
      type: 'allocation.Allocated.v3',
      subject: 'RUG',
      data: { orderId: 'order-1', sku: 'RUG', qty: 1, batchRef: 'batch of RUG', available: 99 },
    });
  });

  test('goes on with `next`, page after page, without repeating or leaving out anything', async () => {
    await shop('RUG', 5);
    const seen: string[] = [];
    let next: string | undefined;
    for (;;) {
      const some = await page(`limit=2${next ? `&after=${next}` : ''}`);
      next = some.next;
      if (some.events.length === 0) break;
      seen.push(...names(some));
    }
    expect(seen).toEqual(['BatchCreated RUG 1', ...[2, 3, 4, 5, 6].map((n) => `Allocated RUG ${n}`)]);
    await order('RUG', 6);
    await numbered();
    expect(names(await page(`after=${next}`))).toEqual(['Allocated RUG 7']);
  });

  test('lets through the types and SKUs that are asked for, each of which may be repeated', async () => {
    for (const sku of ['RUG', 'LAMP', 'BED']) await shop(sku);
    expect(names(await page('sku=RUG'))).toEqual(['BatchCreated RUG 1', 'Allocated RUG 2']);
    expect(names(await page('type=Allocated&sku=LAMP&sku=BED'))).toEqual([
      'Allocated LAMP 2',
      'Allocated BED 2',
    ]);
    expect(names(await page('type=OutOfStock'))).toEqual([]);
    expect(names(await page('type=OutOfStock&type=BatchCreated&limit=2'))).toEqual([
      'BatchCreated RUG 1',
      'BatchCreated LAMP 1',
    ]);
  });

  test('goes on behind events that the filter does not let through', async () => {
    await shop('RUG', 3);
    const { events, next } = await page('sku=LAMP');
    expect([events, next]).toEqual([[], await now()]);
  });

  test.each([
    ['after', 'after=nobody-gave-it-out'],
    ['after', 'after='],
    ['after', 'after=now&after=now'],
    ['type', 'type=Alocated'],
    ['type', 'type=Allocated&type=x'],
    ['sku', 'sku='],
    ['sku', `${'sku=a&'.repeat(101)}`],
    ['limit', 'limit=0'],
    ['limit', 'limit=1001'],
    ['wait', 'wait=31'],
    ['wait', 'wait=-1'],
  ])('refuses a bad %s: %s', async (field, query) => {
    const answer = await http.get(`/v1/events?${query}`);
    expect([answer.statusCode, answer.json().errors[0].field]).toEqual([400, field]);
  });

  describe('a position that is gone', () => {
    const expectGone = async (cursor: string) => {
      for (const path of ['/v1/events', '/v1/events/stream']) {
        const answer = await http.get(`${path}?after=${cursor}`);
        expect([answer.statusCode, answer.json().type]).toEqual([410, '/problems/position-expired']);
      }
    };

    test('is told when events behind it are no longer retained, and the beginning is where they begin', async () => {
      await shop('RUG', 5);
      const { next } = await page('limit=2');
      await http.database.query('DELETE FROM log WHERE position < 4');
      await http.database.query('UPDATE log_head SET first_position = 4');
      await expectGone(next);
      expect(names(await page(''))).toEqual([4, 5, 6].map((n) => `Allocated RUG ${n}`));
    });

    test('is told for a cursor that is made up in the right form', async () => {
      await expectGone(Buffer.alloc(24, 7).toString('base64url'));
    });

    test('is told when the database has been replaced by another one', async () => {
      await shop('RUG');
      const { next } = await page('');
      await http.database.query('UPDATE log_epochs SET epoch = gen_random_uuid()');
      await expectGone(next);
    });
  });

  describe('with wait', () => {
    test('holds the answer until an event comes that the filter lets through', async () => {
      await shop('RUG');
      await shop('LAMP');
      const answer = page(`wait=20&sku=LAMP&after=${await now()}`);
      await order('RUG', 2);
      await order('LAMP', 3);
      expect(names(await answer)).toEqual(['Allocated LAMP 3']);
    });

    test('answers without events when none has come in that time, with a `next` that goes on', async () => {
      await shop('RUG');
      const begun = performance.now();
      const answer = page(`wait=3&sku=LAMP&after=${await now()}`);
      await order('RUG', 2);
      await numbered();
      const { events, next } = await answer;
      expect([events, next]).toEqual([[], await now()]);
      expect(performance.now() - begun).toBeGreaterThan(2_950);
    });

    test('answers at once when there are events', async () => {
      await shop('RUG');
      expect(names(await page('wait=30&sku=RUG'))).toHaveLength(2);
    });
  });
});

describe('GET /v1/events/stream', () => {
  test('sends events as they happen, each with its type, its cursor and the CloudEvent', async () => {
    await shop('RUG');
    const answer = http.beginning('/v1/events/stream', (body) => framesIn(body).length === 3);
    await order('RUG', 2);
    const { statusCode, headers, body } = await answer;
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(body).toMatch(/^retry: \d+\nid: \S+\n\n/);
    const frames = framesIn(body);
    expect(frames.map(({ event }) => event)).toEqual(['BatchCreated', 'Allocated', 'Allocated']);
    const { events } = await page('');
    expect(frames.map(({ data }) => data)).toEqual(events);
    // Cursors are those of pages.
    expect((await page('limit=2')).next).toBe(frames[1].id);
  });

  test('goes on after Last-Event-ID, which counts more than `after`', async () => {
    await shop('RUG', 3);
    const first = await http.beginning('/v1/events/stream', (body) => framesIn(body).length > 1);
    const { id } = framesIn(first.body)[1];
    const rest = await http.beginning('/v1/events/stream?after=now', (body) => framesIn(body).length > 1, {
      'last-event-id': id,
    });
    expect(framesIn(rest.body).map(({ data }) => Number(data.sequence))).toEqual([3, 4]);
  });

  test('lets a client that was cut off before its first event go on from where it began', async () => {
    await shop('RUG');
    const { body } = await http.beginning('/v1/events/stream?after=now', () => true);
    await order('RUG', 2);
    await numbered();
    const rest = await http.beginning('/v1/events/stream?after=now', (text) => framesIn(text).length > 0, {
      'last-event-id': /^id: (.*)$/m.exec(body)![1],
    });
    expect(framesIn(rest.body).map(({ data }) => Number(data.sequence))).toEqual([3]);
  });

  test('sends what the filter lets through', async () => {
    await shop('RUG');
    await shop('LAMP');
    const { body } = await http.beginning(
      '/v1/events/stream?sku=LAMP&type=Allocated',
      (text) => framesIn(text).length > 0,
    );
    expect(framesIn(body).map(({ data }) => data.subject)).toEqual(['LAMP']);
  });

  test('says every 15 seconds that it is alive, and where it is when it has passed what is not asked for', async () => {
    await shop('RUG');
    const beat = http.beginning('/v1/events/stream?sku=LAMP&after=now', (body) => body.includes('\n:\n'));
    await order('RUG', 2);
    await numbered();
    const { body } = await beat;
    expect(body.slice(body.indexOf('\n:\n'))).toBe(`\n:\nid: ${await now()}\n\n`);
  });

  test('answers a question after its headers alone', async () => {
    const answer = await http.send('HEAD', '/v1/events/stream');
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
  });

  test('names the header that holds a cursor which nobody gave out', async () => {
    const answer = await http.send('GET', '/v1/events/stream', undefined, { 'last-event-id': 'x' });
    expect([answer.statusCode, answer.json().errors[0].field]).toEqual([400, 'Last-Event-ID']);
  });
});

test('an instance tells when it has as many followers as it takes, and goes on answering at once', async () => {
  const tail = http.app.get(LogTail);
  const others = new AbortController();
  setMaxListeners(0, others.signal);
  for (let n = 0; n < 1_000; n += 1) tail.join(others.signal);
  for (const url of ['/v1/events/stream', '/v1/events?after=now&wait=30']) {
    const answer = await http.get(url);
    expect([answer.statusCode, answer.json().type, answer.headers['retry-after']]).toEqual([
      503,
      '/problems/too-many-followers',
      '1',
    ]);
  }
  expect((await http.get('/v1/events?after=now')).statusCode).toBe(200);
  others.abort();
  expect((await http.get('/v1/events?after=now&wait=1')).statusCode).toBe(200);
});

test('a follower whose connection is lost makes room for another one', async () => {
  await http.app.listen(0, '127.0.0.1');
  const port = Number(new URL(await http.app.getUrl()).port);
  const others = new AbortController();
  setMaxListeners(0, others.signal);
  for (let n = 0; n < 999; n += 1) http.app.get(LogTail).join(others.signal);

  const first = await RawClient.connect(port);
  first.socket.write(get('/v1/events/stream'));
  await until(() => first.received.includes('retry:'));
  expect((await http.get('/v1/events/stream')).statusCode).toBe(503);
  first.socket.resetAndDestroy();
  await until(async () => (await http.send('HEAD', '/v1/events/stream')).statusCode === 200);
  others.abort();
});

describe('the answers that a copy begins with', () => {
  test('carry the number of the newest event that they show', async () => {
    await shop('RUG', 2);
    await http.post('/v1/batches', { ref: 'other', sku: 'RUG', qty: 5, eta: '2031-01-31' });
    await http.post('/v1/allocations', { orderId: 'big', sku: 'RUG', qty: 1_000 });
    const json = async (url: string) => (await http.get(url)).json();
    expect(await json('/v1/skus')).toEqual({
      items: [{ sku: 'RUG', available: 103, sequence: 5 }],
      next: null,
    });
    expect((await json('/v1/batches/other')).sequence).toBe(4);
    const sequences = ({ items }: { items: { sequence: number }[] }) => items.map(({ sequence }) => sequence);
    expect(sequences(await json('/v1/batches?sku=RUG'))).toEqual([3, 4]);
    expect(sequences(await json(`/v1/batches/${encodeURIComponent('batch of RUG')}/allocations`))).toEqual([
      2, 3,
    ]);
    expect((await json('/v1/allocations/order-2')).lines[0].sequence).toBe(3);
    expect((await json('/v1/allocations/big')).lines[0].sequence).toBe(5);
    expect((await json('/v1/availability/RUG')).sequence).toBe(4);
  });

  test('list all SKUs and all batches, page by page', async () => {
    const skus = Array.from({ length: 7 }, (_, n) => `sku-${n}`);
    for (const sku of skus) await http.post('/v1/batches', { ref: `b-${sku}`, sku, qty: 1 });
    for (const [url, field, expected] of [
      ['/v1/skus', 'sku', skus],
      ['/v1/batches', 'ref', skus.map((sku) => `b-${sku}`)],
    ] as const) {
      const found: string[] = [];
      let next: string | null = null;
      do {
        const answer: { items: Record<string, string>[]; next: string | null } = (
          await http.get(`${url}?limit=3${next ? `&after=${next}` : ''}`)
        ).json();
        found.push(...answer.items.map((item) => item[field]));
        next = answer.next;
      } while (next);
      expect(found).toEqual(expected);
    }
  });

  test('list open batches of one SKU only', async () => {
    const answer = await http.get('/v1/batches?open=true');
    expect([answer.statusCode, answer.json().errors[0].field]).toEqual([400, 'open']);
  });
});
