import { auditViews } from '../support/audit';
import { type Answer, HttpApp } from '../support/http-app';
import { randomOrderId, randomRef, randomSku } from '../support/random-refs';
import { Stopwatch } from '../support/stalls';
import { until } from '../support/until';

let http: HttpApp;
let sku: string;
beforeAll(async () => void (http = await HttpApp.start()));
beforeEach(() => void (sku = randomSku()));
afterAll(async () => {
  expect(await auditViews(http.databaseUrl)).toEqual([]);
  await http.stop();
});

async function batch(qty: number, eta: string | null = null, of = sku): Promise<string> {
  const batchRef = randomRef();
  expect((await http.post('/v1/batches', { ref: batchRef, sku: of, qty, eta })).statusCode).toBe(201);
  return batchRef;
}

async function ask(qty: number, terms: object = {}, orderId = randomOrderId()): Promise<string> {
  expect((await http.post('/v1/allocations', { orderId, sku, qty, ...terms })).statusCode).toBe(202);
  return orderId;
}

const onLine = (orderId: string, what: string) =>
  http.send('POST', `/v1/allocations/${orderId}/${sku}/${what}`);
const answer = async (qty?: number) =>
  (await http.get(`/v1/availability/${sku}${qty === undefined ? '' : `?qty=${qty}`}`)).json();
/**
 * The answer once reservations have run out. It waits a second for what they hold to be given back; on a machine that stood
 * still meanwhile a later one has it.
 */
const answerAfterThat = async (qty: number) => {
  const watch = new Stopwatch();
  const first = await answer(qty);
  watch.stop();
  if (watch.stalledMs < 100) return first;
  await until(async () => (await answer(qty)).reserved === 0);
  return answer(qty);
};
const totals = async () => {
  const { available, reserved, allocated, inTransit, overdue, waiting } = await answer();
  return { available, reserved, allocated, inTransit, overdue, waiting };
};
const basket = (items: unknown[]) => http.post('/v1/availability', { items });

describe('GET /v1/availability/{sku}', () => {
  test('tells what is reserved, allocated, waits and is in transit, by day and in total, as lines live', async () => {
    const here = await batch(10);
    const ship = await batch(20, '2999-01-01');
    const reserved = await ask(4, { reserveFor: 600 });
    const allocated = await ask(3);
    await ask(15);
    await ask(30, { wait: true });
    const nobody = { lines: 0, pieces: 0 };
    expect(await answer()).toMatchObject({
      available: 8,
      schedule: [
        { eta: null, available: 3, cumulative: 3, reserved: 4, allocated: 3, overdue: false },
        { eta: '2999-01-01', available: 5, cumulative: 8, reserved: 0, allocated: 15, overdue: false },
      ],
      ...{ reserved: 4, allocated: 18, inTransit: 20, overdue: 0, waiting: { lines: 1, pieces: 30 } },
    });

    await onLine(reserved, 'confirm');
    expect(await totals()).toMatchObject({ available: 8, reserved: 0, allocated: 22 });
    await onLine(allocated, 'dispatch');
    expect(await totals()).toMatchObject({ available: 8, allocated: 19 });
    await http.send('PATCH', `/v1/batches/${here}`, { qty: 40 });
    expect(await totals()).toMatchObject({ available: 8, allocated: 49, waiting: nobody });
    const late = await ask(5, { reserveFor: 600 });
    expect(await totals()).toMatchObject({ available: 3, reserved: 5 });
    await http.send('PATCH', `/v1/batches/${ship}`, { eta: '2999-02-01' });
    await http.post(`/v1/batches/${ship}/arrive`, {});
    expect(await answer()).toMatchObject({
      schedule: [{ eta: null, available: 3, reserved: 5, allocated: 49 }],
      ...{ reserved: 5, allocated: 49, inTransit: 0, waiting: nobody },
    });
    await http.send('DELETE', `/v1/allocations/${late}/${sku}`);
    expect(await totals()).toMatchObject({ available: 8, reserved: 0, allocated: 49 });
  });

  test('marks what should have arrived by now, which is promised all the same (rule 2)', async () => {
    await batch(5);
    const ship = await batch(20, '2020-01-01');
    await ask(2, { reserveFor: 600 });
    expect(await answer(6)).toMatchObject({
      schedule: [
        { eta: null, overdue: false },
        { eta: '2020-01-01', overdue: true },
      ],
      ...{ inTransit: 20, overdue: 20 },
      promise: { canPromise: true, batchRef: ship, eta: '2020-01-01', overdue: true },
    });
    expect((await answer(22)).split).toMatchObject({ missing: 0, eta: '2020-01-01', overdue: true });
    await http.send('PATCH', `/v1/batches/${ship}`, { eta: '2999-01-01' });
    expect(await answer(6)).toMatchObject({ overdue: 0, promise: { eta: '2999-01-01', overdue: false } });
  });

  test('splits a quantity that no batch has, and asking for these lines gets these batches', async () => {
    const [ship, here] = [await batch(20, '2999-01-01'), await batch(10)];
    const { promise, split } = await answer(25);
    expect(promise).toMatchObject({ canPromise: false, batchRef: null, eta: null });
    expect(split).toEqual({
      lines: [
        { batchRef: here, eta: null, qty: 10, overdue: false },
        { batchRef: ship, eta: '2999-01-01', qty: 15, overdue: false },
      ],
      ...{ missing: 0, eta: '2999-01-01', overdue: false },
    });
    expect((await answer(31)).split).toMatchObject({ missing: 1, lines: [{ qty: 10 }, { qty: 20 }] });
    for (const { qty, batchRef } of split.lines) {
      const [line] = (await http.get(`/v1/allocations/${await ask(qty)}`)).json().lines;
      expect(line).toMatchObject({ state: 'allocated', batchRef });
    }
    expect((await answer(6)).split).toMatchObject({ missing: 1, lines: [{ batchRef: ship, qty: 5 }] });
    expect((await answer(5)).split).toBeNull();
  });

  test('counts as free what was reserved for longer than that, and nobody noticed (rule 12)', async () => {
    const batchRef = await batch(10);
    await ask(10, { reserveFor: 600 });
    expect(await answer(4)).toMatchObject({ reserved: 10, promise: { canPromise: false } });
    await runOut();
    expect(await answerAfterThat(4)).toMatchObject({
      ...{ available: 10, reserved: 0 },
      promise: { canPromise: true, batchRef },
    });
  });

  test('promises nobody what comes free for somebody who waits (rule 13)', async () => {
    await batch(10);
    await ask(10, { reserveFor: 600 });
    await ask(8, { wait: true });
    await runOut();
    const [asked, explained] = await Promise.all([
      answerAfterThat(4),
      http.post('/v1/allocations/explain', { sku, qty: 4 }),
    ]);
    expect(asked).toMatchObject({ available: 2, allocated: 8, promise: { canPromise: false } });
    expect(explained.json()).toMatchObject({ outcome: 'out of stock' });
  });

  /** The reservations of the SKU run out. The sweeper may notice, or not yet. */
  const runOut = async () => {
    await http.database.query('BEGIN');
    for (const table of ['allocations', 'view_lines'])
      await http.database.query(
        `UPDATE ${table} SET expires_at = now() - interval '1 s' WHERE sku = $1 AND state = 'reserved'`,
        [sku],
      );
    await http.database.query('COMMIT');
  };

  test('answers when what ran out cannot be given back at the moment, without it', async () => {
    await batch(10);
    await ask(10, { reserveFor: 600 });
    await runOut();
    await http.database.query('BEGIN');
    await http.database.query('SELECT FROM products WHERE sku = $1 FOR UPDATE', [sku]);
    // Unless the sweeper was faster.
    const { available, reserved } = await answer(4);
    await http.database.query('ROLLBACK');
    expect(available + reserved).toBe(10);
    await until(async () => (await answer(4)).promise.canPromise);
  });

  test('has another ETag when a line waits, is reserved or is confirmed', async () => {
    await batch(10);
    const etag = async () => (await http.get(`/v1/availability/${sku}`)).headers.etag;
    const seen = [await etag()];
    const reserved = await ask(4, { reserveFor: 600 });
    seen.push(await etag());
    await ask(20, { wait: true });
    seen.push(await etag());
    await onLine(reserved, 'confirm');
    seen.push(await etag());
    expect(new Set(seen).size).toBe(4);
    expect(await etag()).toBe(seen[3]);
  });
});

describe('POST /v1/availability', () => {
  const dated = (quote: { batchRef: string | null; eta: string | null }) => [quote.batchRef, quote.eta];
  const quotesIn = (reply: Answer) =>
    reply.json().results.map(({ promise }: { promise: never }) => dated(promise));

  test('quotes no pieces twice, and says when everything is there', async () => {
    const [here, ship] = [await batch(10), await batch(10, '2999-01-01')];
    const other = randomSku();
    const plane = await batch(1, '2998-01-01', other);
    const reply = await basket([
      { sku, qty: 6 },
      { sku: other, qty: 1 },
      { sku, qty: 6 },
      { sku, qty: 4 },
    ]);
    expect(quotesIn(reply)).toEqual([
      [here, null],
      [plane, '2998-01-01'],
      [ship, '2999-01-01'],
      [here, null],
    ]);
    expect(reply.json()).toMatchObject({
      promise: { canPromise: true, eta: '2999-01-01', overdue: false },
      split: null,
    });
    expect((await basket([{ sku, qty: 10 }])).json().promise).toEqual({
      ...{ canPromise: true, eta: null, overdue: false },
    });
  });

  test('splits what is left once every item has had its pieces that can be had in one line', async () => {
    const [here, ship] = [await batch(10), await batch(10, '2999-01-01')];
    const reply = (
      await basket([
        { sku, qty: 12 },
        { sku, qty: 3 },
      ])
    ).json();
    expect(reply.results).toMatchObject([
      {
        outcome: 'out of stock',
        promise: { canPromise: false },
        split: {
          lines: [
            { batchRef: here, qty: 7 },
            { batchRef: ship, qty: 5 },
          ],
          missing: 0,
        },
      },
      { outcome: 'allocated', promise: { batchRef: here }, split: null },
    ]);
    expect(reply.promise).toEqual({ canPromise: false, eta: null, overdue: false });
    expect(reply.split).toEqual({ missing: 0, eta: '2999-01-01', overdue: false });

    const short = (
      await basket([
        { sku, qty: 19 },
        { sku, qty: 3 },
      ])
    ).json();
    expect(short.split).toMatchObject({ missing: 2 });
    const unknown = (
      await basket([
        { sku: 'none', qty: 1 },
        { sku, qty: 3 },
      ])
    ).json();
    expect([unknown.promise.canPromise, unknown.split]).toEqual([false, null]);
  });
});
