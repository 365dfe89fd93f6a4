import { HttpApp } from '../support/http-app';
import { randomOrderId, randomRef, randomSku } from '../support/random-refs';
import { SentStatements } from '../support/sent-statements';
import { Stopwatch } from '../support/stalls';
import { until } from '../support/until';

let http: HttpApp;
beforeAll(async () => void (http = await HttpApp.start()));
afterAll(() => http.stop());

async function batch(sku: string, qty: number, eta?: string): Promise<string> {
  const batchRef = randomRef();
  expect((await http.post('/v1/batches', { ref: batchRef, sku, qty, eta })).statusCode).toBe(201);
  return batchRef;
}

async function line(sku: string, qty: number, orderId = randomOrderId()): Promise<string> {
  expect((await http.post('/v1/allocations', { orderId, sku, qty })).statusCode).toBe(202);
  return orderId;
}

const known = (url: string, etag: unknown) =>
  http.send('GET', url, undefined, { 'if-none-match': String(etag) });

describe('the lines of an order', () => {
  test('tell how each stands, and since when', async () => {
    const [first, second, third] = [randomSku('A'), randomSku('B'), randomSku('C')];
    const batchRef = await batch(first, 10, '2031-01-01');
    await batch(second, 10);
    await batch(third, 1);
    const begin = Date.now();
    const orderId = await line(first, 3);
    await line(second, 4, orderId);
    await line(third, 5, orderId);
    await http.send('DELETE', `/v1/allocations/${orderId}/${second}`);

    const answer = await http.get(`/v1/allocations/${orderId}`);
    const others = { changedAt: expect.any(String), priority: 0, expiresAt: null, place: null };
    const unserved = { batchRef: null, eta: null, ...others, priority: null };
    expect(answer.json()).toEqual({
      orderId,
      lines: [
        { sku: first, qty: 3, state: 'allocated', batchRef, eta: '2031-01-01', ...others, sequence: 2 },
        { sku: second, qty: 4, state: 'deallocated', ...unserved, sequence: 3 },
        { sku: third, qty: 5, state: 'out of stock', ...unserved, sequence: 2 },
      ],
    });
    for (const { changedAt: at } of answer.json().lines as { changedAt: string }[]) {
      expect(new Date(at).toISOString()).toBe(at);
      expect(Date.parse(at)).toBeGreaterThanOrEqual(begin);
      expect(Date.parse(at)).toBeLessThanOrEqual(Date.now());
    }
    expect((await http.get(`/allocations/${orderId}`)).json()).toEqual([{ sku: first, batchref: batchRef }]);
  });
});

describe('GET /v1/availability/{sku}', () => {
  test('tells what is left, when, and whether so much can be promised', async () => {
    const sku = randomSku('a/b ä');
    const url = `/v1/availability/${encodeURIComponent(sku)}`;
    await batch(sku, 10);
    const later = await batch(sku, 30, '2031-02-01');
    await batch(sku, 20, '2031-01-01');
    await line(sku, 4);

    const free = { reserved: 0, allocated: 0, overdue: false };
    const schedule = [
      { eta: null, available: 6, cumulative: 6, ...free, allocated: 4 },
      { eta: '2031-01-01', available: 20, cumulative: 26, ...free },
      { eta: '2031-02-01', available: 30, cumulative: 56, ...free },
    ];
    const totals = { reserved: 0, allocated: 4, inTransit: 50, overdue: 0, waiting: { lines: 0, pieces: 0 } };
    const answer = { sku, availableNow: 6, available: 56, schedule, sequence: 4, ...totals };
    expect((await http.get(url)).json()).toEqual({ ...answer, promise: null, split: null });
    expect((await http.get(`${url}?qty=21`)).json()).toEqual({
      ...answer,
      promise: { qty: 21, canPromise: true, batchRef: later, eta: '2031-02-01', overdue: false },
      split: null,
    });
    // 56 pieces are there, but a line goes whole into one batch.
    expect((await http.get(`${url}?qty=31`)).json().promise).toEqual({
      qty: 31,
      canPromise: false,
      batchRef: null,
      eta: null,
      overdue: false,
    });
  });

  test('shows a SKU that is out of stock as such, and none that is unknown', async () => {
    const sku = randomSku();
    await batch(sku, 1);
    await line(sku, 1);
    expect((await http.get(`/v1/availability/${sku}?qty=1`)).json()).toMatchObject({
      availableNow: 0,
      available: 0,
      schedule: [],
      promise: { canPromise: false },
    });
    const unknown = await http.get('/v1/availability/none');
    expect([unknown.statusCode, unknown.json().type]).toEqual([404, '/problems/sku-not-found']);
  });

  test.each(['0', '-1', '1.5', 'x', '', '2147483648', '1&qty=2'])('refuses the quantity %s', async (qty) => {
    const answer = await http.get(`/v1/availability/none?qty=${qty}`);
    expect([answer.statusCode, answer.json().errors]).toEqual([
      400,
      [{ field: 'qty', message: 'must be a whole number from 1 to 2147483647' }],
    ]);
  });
});

describe('POST /v1/availability', () => {
  const ask = (items: unknown) => http.post('/v1/availability', { items });

  test('answers for a whole basket, item by item', async () => {
    const skus = [randomSku(), randomSku()];
    const batchRef = await batch(skus[1], 5, '2031-01-01');
    const basket = [...skus.map((sku) => ({ sku, qty: 5 })), { sku: skus[1], qty: 6 }, 7, { sku: skus[1] }];
    const answer = await ask(basket);
    expect(answer.json().results).toMatchObject([
      { status: 404, problem: { type: '/problems/sku-not-found', status: 404 } },
      {
        status: 200,
        outcome: 'allocated',
        promise: { qty: 5, canPromise: true, batchRef, eta: '2031-01-01' },
      },
      {
        status: 200,
        outcome: 'out of stock',
        promise: { qty: 6, canPromise: false, batchRef: null, eta: null },
      },
      { status: 400, problem: { type: '/problems/bad-request' } },
      { status: 400, problem: { errors: [{ field: 'qty' }] } },
    ]);
    expect(answer.json().results).toHaveLength(5);
  });

  test('takes a thousand items', async () => {
    const sku = randomSku();
    await batch(sku, 5);
    const items = Array.from({ length: 1000 }, (_, qty) => ({ sku, qty: qty + 1 }));
    const { results } = (await ask(items)).json();
    // Of five pieces there are one and two, and then not three.
    expect(results.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      ...Array(2).fill('allocated'),
      ...Array(998).fill('out of stock'),
    ]);
    for (const bad of [[], [...items, items[0]], undefined, {}])
      expect((await ask(bad)).statusCode).toBe(400);
  });
});

describe('lists', () => {
  async function pages(url: string, key: string): Promise<string[][]> {
    const found: string[][] = [];
    for (let after = ''; ;) {
      const answer = await http.get(url + after);
      expect(answer.statusCode).toBe(200);
      const { items, next } = answer.json<{ items: Record<string, string>[]; next: string | null }>();
      found.push(items.map((item) => item[key]));
      if (next === null) return found;
      after = `&after=${next}`;
    }
  }

  test('of batches go on where they ended, by rule 2', async () => {
    const sku = randomSku();
    const late = await batch(sku, 1, '2031-02-01');
    const here = [await batch(sku, 1), await batch(sku, 1), await batch(sku, 1)];
    const early = [await batch(sku, 1, '2031-01-01'), await batch(sku, 1, '2031-01-01')];
    const url = `/v1/batches?sku=${sku}`;
    expect(await pages(`${url}&limit=2`, 'ref')).toEqual([
      here.slice(0, 2),
      [here[2], early[0]],
      [early[1], late],
    ]);
    await line(sku, 1);
    expect(await pages(`${url}&limit=4&open=true`, 'ref')).toEqual([[...here.slice(1), ...early], [late]]);
    expect(await pages(`${url}&limit=1000`, 'ref')).toEqual([[...here, ...early, late]]);
  });

  test('of the lines of a batch go by order', async () => {
    const sku = randomSku();
    const batchRef = await batch(sku, 10);
    const url = `/v1/batches/${batchRef}/allocations?limit=2`;
    expect((await http.get(url)).json()).toEqual({ items: [], next: null });
    for (const name of ['c', 'a', 'b', 'd']) await line(sku, 2, name + sku);
    await http.send('DELETE', `/v1/allocations/d${sku}/${sku}`);
    expect(await pages(url, 'orderId')).toEqual([[`a${sku}`, `b${sku}`], [`c${sku}`]]);
    expect((await http.get(url)).json().items[0]).toEqual({
      orderId: `a${sku}`,
      qty: 2,
      state: 'allocated',
      changedAt: expect.stringMatching(/Z$/),
      sequence: 3,
    });
    expect((await http.get('/v1/batches/none/allocations')).json().type).toBe('/problems/batch-not-found');
  });

  test('of SKUs that are out of stock name no other, and each once', async () => {
    const skus = ['A', 'B', 'C', 'D'].map((name) => randomSku(name));
    for (const sku of skus) for (const eta of [undefined, '2031-01-01']) await batch(sku, 1, eta);
    for (const sku of [skus[3], skus[0], skus[1]]) for (let i = 0; i < 2; i += 1) await line(sku, 1);
    await line(skus[2], 1);
    const listed = (await pages('/v1/out-of-stock?limit=1', 'sku')).flat();
    expect(listed).toEqual([...listed].sort());
    expect(listed.filter((sku) => skus.includes(sku))).toEqual([skus[0], skus[1], skus[3]]);
  });

  test.each([
    ['limit', '0'],
    ['limit', '1001'],
    ['limit', ''],
    ['after', '%'],
    ['after', ''],
    ['after', 'AA'],
    ['open', 'yes'],
  ])('refuse %s=%s', async (field, value) => {
    const answer = await http.get(`/v1/batches?sku=none&${field}=${encodeURIComponent(value)}`);
    expect([answer.statusCode, answer.json().errors]).toMatchObject([400, [{ field }]]);
  });
});

describe('the database', () => {
  /** Statements on views that are sent while `work` is done. */
  async function statementsOf(work: () => Promise<unknown>): Promise<number> {
    const sent = new SentStatements();
    await work();
    sent.stop();
    // Nobody is interested in what handlers and broker do besides.
    return sent.all.filter(({ text }) => /view_|is_out_of_stock/.test(text)).length;
  }

  test('is asked once for each question, however much there is to answer', async () => {
    const orderId = randomOrderId();
    const skus = [randomSku(), randomSku(), randomSku()];
    const batchRefs = [];
    for (const sku of skus) {
      batchRefs.push(await batch(sku, 2), await batch(sku, 2));
      await line(sku, 1, orderId);
      await line(sku, 1);
    }
    for (const url of [
      `/v1/allocations/${orderId}`,
      `/allocations/${orderId}`,
      `/v1/availability/${skus[0]}?qty=3`,
      `/v1/batches/${batchRefs[0]}`,
      `/v1/batches/${batchRefs[0]}/allocations`,
      `/v1/batches?sku=${skus[0]}`,
      '/v1/out-of-stock',
    ]) {
      const statements = await statementsOf(async () => expect((await http.get(url)).statusCode).toBe(200));
      expect([url, statements]).toEqual([url, 1]);
    }
    const items = skus.map((sku) => ({ sku, qty: 1 }));
    expect(await statementsOf(() => http.post('/v1/availability', { items }))).toBe(1);
  });

  test('is asked few times for what many ask at once', async () => {
    const sku = randomSku();
    await batch(sku, 1);
    const orderId = await line(sku, 1);
    const asked = [orderId, ...Array.from({ length: 19 }, () => randomOrderId())];
    const statements = await statementsOf(async () => {
      const answers = await Promise.all(asked.map((id) => http.get(`/v1/allocations/${id}`)));
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, ...Array(19).fill(404)]);
    });
    expect(statements).toBeLessThan(10);
  });
});

describe('caching', () => {
  test.each(['batch', 'order', 'availability'])(
    'of an answer about the %s ends when something changes',
    async (of) => {
      const sku = randomSku();
      const batchRef = await batch(sku, 10);
      const orderId = await line(sku, 1);
      const url = {
        batch: `/v1/batches/${batchRef}`,
        order: `/v1/allocations/${orderId}`,
        availability: `/v1/availability/${sku}?qty=2`,
      }[of]!;
      const first = await http.get(url);
      const { etag } = first.headers;
      expect([first.statusCode, first.headers['cache-control']]).toEqual([200, 'private, no-cache']);
      expect(etag).toMatch(/^"[\w-]+"$/);

      for (const sent of [etag, `W/${String(etag)}`, `"x", ${String(etag)}`, '*']) {
        const again = await known(url, sent);
        expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', etag]);
        expect(again.headers['cache-control']).toBe('private, no-cache');
      }
      expect((await known(url, '"x"')).body).toBe(first.body);

      await http.send('DELETE', `/v1/allocations/${orderId}/${sku}`);
      const changed = await known(url, etag);
      expect(changed.statusCode).toBe(200);
      expect(changed.headers.etag).not.toBe(etag);
    },
  );

  test('gives a batch the number of its last event', async () => {
    const sku = randomSku();
    const [first, second] = [await batch(sku, 10), await batch(sku, 10, '2031-01-01')];
    await line(sku, 1);
    const etags = [first, second].map(
      async (batchRef) => (await http.get(`/v1/batches/${batchRef}`)).headers.etag,
    );
    expect(await Promise.all(etags)).toEqual(['"3"', '"2"']);
  });
});

describe('If-Match', () => {
  const change = (batchRef: string, qty: number, tags: string) =>
    http.send('PATCH', `/v1/batches/${batchRef}`, { qty }, { 'if-match': tags });
  const etagOf = async (batchRef: string) => String((await http.get(`/v1/batches/${batchRef}`)).headers.etag);

  test('lets a change pass that knows the batch as it is, and no other', async () => {
    const sku = randomSku();
    const batchRef = await batch(sku, 10);
    const stale = await etagOf(batchRef);
    await line(sku, 1);

    const refused = await change(batchRef, 5, stale);
    expect([refused.statusCode, refused.json().type]).toEqual([412, '/problems/batch-changed']);
    expect((await http.get(`/v1/batches/${batchRef}`)).json().purchasedQuantity).toBe(10);

    expect((await change(batchRef, 5, await etagOf(batchRef))).statusCode).toBe(202);
    expect((await change(batchRef, 6, `"x", ${stale}, W/"9", ${await etagOf(batchRef)}`)).statusCode).toBe(
      202,
    );
    expect((await change(batchRef, 7, '*')).statusCode).toBe(202);
    expect((await http.get(`/v1/batches/${batchRef}`)).json().purchasedQuantity).toBe(7);
  });

  test('never matches what is no version, or is weak', async () => {
    const batchRef = await batch(randomSku(), 10);
    for (const tags of [`W/${await etagOf(batchRef)}`, '"x"', '""', '"01"']) {
      expect([tags, (await change(batchRef, 5, tags)).statusCode]).toEqual([tags, 412]);
    }
  });

  test('breaks the syntax without quotation marks', async () => {
    for (const tags of ['1', '"1', '"1" "2"', '', Array(11).fill('"1"').join()]) {
      expect([tags, (await change('none', 5, tags)).statusCode]).toEqual([tags, 400]);
    }
  });

  test('does not matter to a batch that does not exist', async () => {
    for (const tags of ['*', '"1"', 'W/"1"']) expect((await change('none', 5, tags)).statusCode).toBe(404);
  });
});

describe('a projection', () => {
  test('that fails lets the command succeed, is seen in redeliveries, and heals (promise 4)', async () => {
    const sku = randomSku();
    await batch(sku, 10);
    await http.database.query('ALTER TABLE view_lines RENAME TO view_lines_gone');
    const orderId = await line(sku, 3);
    const failed = () => http.database.query(`SELECT error FROM redeliveries WHERE reader = 'views'`);
    await until(async () => (await failed()).rows.length === 1);
    expect((await failed()).rows[0].error).toMatch(/"view_lines" does not exist/);
    expect((await http.get(`/v1/allocations/${orderId}`)).statusCode).toBe(500);

    await http.database.query('ALTER TABLE view_lines_gone RENAME TO view_lines');
    await until(async () => (await http.get(`/v1/allocations/${orderId}`)).statusCode === 200);
    await until(async () => (await failed()).rows.length === 0);
  });

  test('that hangs holds up a command for little more than a second, and the answer says so (promise 4)', async () => {
    const sku = randomSku();
    await batch(sku, 10);
    await http.database.query('BEGIN');
    await http.database.query('LOCK TABLE view_lines IN EXCLUSIVE MODE');
    const watch = new Stopwatch();
    const orderId = randomOrderId();
    const answer = await http.post('/v1/allocations', { orderId, sku, qty: 3 });
    const waited = watch.stop();
    await http.database.query('ROLLBACK');
    expect([answer.statusCode, answer.headers['x-events']]).toEqual([202, 'pending']);
    expect(waited).toBeLessThan(2_500);
    await until(async () => (await http.get(`/v1/allocations/${orderId}`)).statusCode === 200);
  });
});
