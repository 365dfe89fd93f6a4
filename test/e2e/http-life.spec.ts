import { auditMovements, auditViews, auditWriteModel } from '../support/audit';
import { type Answer, HttpApp } from '../support/http-app';
import { randomOrderId, randomRef, randomSku } from '../support/random-refs';
import { query } from '../support/sql';
import { Stopwatch } from '../support/stalls';
import { until } from '../support/until';

let http: HttpApp;
let sku: string;
beforeAll(async () => void (http = await HttpApp.start()));
beforeEach(() => void (sku = randomSku()));
afterAll(() => http.stop());

async function batch(qty: number, eta: string | null = null): Promise<string> {
  const batchRef = randomRef();
  expect((await http.post('/v1/batches', { ref: batchRef, sku, qty, eta })).statusCode).toBe(201);
  return batchRef;
}

async function ask(qty: number, terms: object = {}, orderId = randomOrderId()): Promise<string> {
  expect((await http.post('/v1/allocations', { orderId, sku, qty, ...terms })).statusCode).toBe(202);
  return orderId;
}

const lineOf = async (orderId: string) => (await http.get(`/v1/allocations/${orderId}`)).json().lines[0];
const onLine = (orderId: string, what: string) =>
  http.send('POST', `/v1/allocations/${orderId}/${sku}/${what}`);
const kindOf = (answer: Answer) => [answer.statusCode, answer.json().type];

test('rule 11: a line is reserved, held for longer, and confirmed', async () => {
  const batchRef = await batch(10);
  const order = await ask(10, { reserveFor: 60 });
  const reserved = await lineOf(order);
  expect(reserved).toMatchObject({ state: 'reserved', batchRef, priority: 0, place: null });
  const left = Date.parse(reserved.expiresAt) - Date.now();
  expect(left).toBeGreaterThan(30_000);
  expect(left).toBeLessThan(61_000);

  await ask(10, { reserveFor: 3_600 }, order);
  expect((await lineOf(order)).expiresAt > reserved.expiresAt).toBe(true);
  expect((await onLine(order, 'confirm')).statusCode).toBe(202);
  expect(await lineOf(order)).toMatchObject({ state: 'allocated', batchRef, expiresAt: null });
});

test('rules 11 and 12: a reservation that ran out is given back by itself, and can be confirmed no more', async () => {
  await batch(10);
  const order = await ask(10, { reserveFor: 1 });
  await until(async () => (await lineOf(order)).state === 'expired');
  expect(kindOf(await onLine(order, 'confirm'))).toEqual([409, '/problems/reservation-expired']);
  expect(await lineOf(await ask(10))).toMatchObject({ state: 'allocated' });
});

test('rule 12: reservations are given back at the latest a second after they ran out, whenever that is', async () => {
  /** How late the reservations of some SKUs were given back that nobody looked at meanwhile, in milliseconds. */
  const latenesses = async (): Promise<number[]> => {
    const skus: string[] = [];
    for (let n = 0; n < 12; n += 1) {
      skus.push((sku = randomSku()));
      await batch(1);
      await ask(1, { reserveFor: 1 + (n % 3) });
    }
    let rows: Record<string, unknown>[] = [];
    await until(async () => {
      rows = await query(
        http.databaseUrl,
        `SELECT (extract(epoch FROM occurred_at - (data->>'expiresAt')::timestamptz) * 1000)::float8 AS late
         FROM events WHERE type = 'ReservationExpired' AND sku IN ('${skus.join("','")}')`,
      );
      return rows.length === skus.length;
    });
    return rows.map(({ late }) => Number(late));
  };
  // A database that is kept waiting may be late once; whoever looks too seldom is late in every round.
  await until(async () => {
    const watch = new Stopwatch();
    const latest = Math.max(...(await latenesses()));
    watch.stop();
    return latest <= 1_000 + watch.stalledMs;
  }, 60);
}, 120_000);

test('rule 13: a line waits in its place, and is served when pieces come', async () => {
  await batch(1);
  const [older, newer, first] = [
    await ask(2, { wait: true }),
    await ask(2, { wait: true }),
    await ask(2, { wait: true, priority: 5 }),
  ];
  const list = () => http.get(`/v1/waiting?sku=${sku}&limit=2`);
  const { items, next } = (await list()).json();
  expect(items).toEqual([
    { orderId: first, qty: 2, priority: 5, place: 1 },
    { orderId: older, qty: 2, priority: 0, place: 2 },
  ]);
  expect((await http.get(`/v1/waiting?sku=${sku}&after=${next}`)).json()).toEqual({
    items: [{ orderId: newer, qty: 2, priority: 0, place: 3 }],
    next: null,
  });
  expect(await lineOf(newer)).toMatchObject({ state: 'waiting', place: 3, priority: 0 });
  expect((await http.get(`/v1/waiting?sku=${sku}&after=AAAA`)).statusCode).toBe(400);

  await batch(4);
  expect(await lineOf(older)).toMatchObject({ state: 'allocated', place: null });
  expect(await lineOf(newer)).toMatchObject({ state: 'waiting', place: 1 });
  expect((await http.send('DELETE', `/v1/allocations/${newer}/${sku}`)).statusCode).toBe(202);
  expect((await list()).json().items).toEqual([]);
});

test('rule 14: what has arrived and is confirmed leaves the warehouse for good', async () => {
  const batchRef = await batch(10, '2031-01-01');
  const order = await ask(4, { reserveFor: 600 });
  expect(kindOf(await onLine(order, 'dispatch'))).toEqual([409, '/problems/not-allocated']);
  await onLine(order, 'confirm');
  expect(kindOf(await onLine(order, 'dispatch'))).toEqual([409, '/problems/not-arrived']);
  expect((await http.post(`/v1/batches/${batchRef}/arrive`, {})).statusCode).toBe(202);
  expect((await onLine(order, 'dispatch')).statusCode).toBe(202);
  expect(await lineOf(order)).toMatchObject({ state: 'dispatched', eta: null });
  expect(kindOf(await http.send('DELETE', `/v1/allocations/${order}/${sku}`))).toEqual([
    409,
    '/problems/dispatched',
  ]);
  expect(kindOf(await http.send('PATCH', `/v1/batches/${batchRef}`, { qty: 3 }))).toEqual([
    409,
    '/problems/quantity-out-of-bounds',
  ]);
  expect(kindOf(await onLine(randomOrderId(), 'dispatch'))).toEqual([404, '/problems/line-not-allocated']);
});

test('rules 16 to 18: a batch is late, comes with fewer pieces, and breaks; its movements add up to what it has', async () => {
  const batchRef = await batch(10, '2031-01-01');
  const [kept, displaced] = [await ask(5), await ask(5, { wait: true })];
  await http.send('PATCH', `/v1/batches/${batchRef}`, { qty: 10, eta: '2031-02-01' });
  expect(await lineOf(kept)).toMatchObject({ eta: '2031-02-01' });
  expect((await http.post(`/v1/batches/${batchRef}/arrive`, { qty: 7 })).statusCode).toBe(202);
  expect(await lineOf(displaced)).toMatchObject({ state: 'waiting', place: 1 });
  expect(kindOf(await http.post(`/v1/batches/${batchRef}/arrive`, { qty: 8 }))).toEqual([
    409,
    '/problems/arrived-already',
  ]);
  await onLine(kept, 'dispatch');
  const adjust = (delta: number, reason: string) =>
    http.post(`/v1/batches/${batchRef}/adjustments`, { delta, reason, note: 'Counted twice' });
  expect((await adjust(-1, 'damaged')).statusCode).toBe(202);
  expect((await adjust(-1, 'eaten')).statusCode).toBe(400);
  expect((await http.get(`/v1/batches/${batchRef}`)).json()).toMatchObject({
    ...{ eta: null, expectedEta: '2031-02-01', purchasedQuantity: 6, availableQuantity: 1 },
    ...{ allocatedQuantity: 5, dispatchedQuantity: 5 },
  });
  const first = (await http.get(`/v1/batches/${batchRef}/movements?limit=2`)).json();
  const rest = (await http.get(`/v1/batches/${batchRef}/movements?after=${first.next}`)).json();
  const movements = [...first.items, ...rest.items];
  expect(movements.map(({ pieces, reason, note, orderId }) => [pieces, reason, note, orderId])).toEqual([
    [-1, 'damaged', 'Counted twice', null],
    [-5, 'dispatched', null, kept],
    [-3, 'arrived', null, null],
    [10, 'purchased', null, null],
  ]);
  expect(rest.next).toBeNull();
  expect((await http.get('/v1/batches/none/movements')).statusCode).toBe(404);
});

test('rule 17: quantity and ETA change together or not at all', async () => {
  const batchRef = await batch(10);
  const change = { qty: 5, eta: '2031-01-01' };
  expect(kindOf(await http.send('PATCH', `/v1/batches/${batchRef}`, change))).toEqual([
    409,
    '/problems/arrived-already',
  ]);
  expect((await http.get(`/v1/batches/${batchRef}`)).json()).toMatchObject({ purchasedQuantity: 10 });
  expect((await http.send('PATCH', `/v1/batches/${batchRef}`, {})).statusCode).toBe(400);
});

test('a batch that should be here by now is overdue until it has arrived, or is lost', async () => {
  const batchRef = await batch(10, '2020-01-01');
  const overdue = async () => (await http.get('/v1/batches?overdue=true')).json().items;
  expect(await overdue()).toEqual([expect.objectContaining({ ref: batchRef, eta: '2020-01-01' })]);
  // One that is lost will not be here.
  await http.send('PATCH', `/v1/batches/${batchRef}`, { qty: 0 });
  expect(await overdue()).toEqual([]);
  await http.send('PATCH', `/v1/batches/${batchRef}`, { qty: 9 });
  expect(await overdue()).toHaveLength(1);
  await http.post(`/v1/batches/${batchRef}/arrive`, {});
  expect(await overdue()).toEqual([]);
  expect((await http.get(`/v1/batches?overdue=true&sku=${sku}`)).statusCode).toBe(400);
});

test('rule 19: it is explained what would happen to a line, and it happens', async () => {
  const [small, ship] = [await batch(3), await batch(9, '2031-01-01')];
  await ask(99, { wait: true });
  const explain = async (qty: number, terms: object = {}) =>
    (await http.post('/v1/allocations/explain', { sku, qty, ...terms })).json();
  expect(await explain(5)).toEqual({
    ...{ outcome: 'allocated', batchRef: ship, eta: '2031-01-01', place: null },
    considered: [
      { batchRef: small, eta: null, available: 3, verdict: 'too few: 3 of 5' },
      { batchRef: ship, eta: '2031-01-01', available: 9, verdict: 'taken' },
    ],
  });
  expect(await explain(50, { wait: true })).toMatchObject({ outcome: 'waiting', place: 2 });
  expect(await explain(50, { wait: true, priority: 1 })).toMatchObject({ place: 1 });
  expect(await lineOf(await ask(5))).toMatchObject({ batchRef: ship });
});

test('items of a bulk request have their terms', async () => {
  await batch(2);
  const items = [
    { orderId: randomOrderId(), sku, qty: 2, reserveFor: 60 },
    { orderId: randomOrderId(), sku, qty: 2, wait: true },
    { orderId: randomOrderId(), sku, qty: 2, reserveFor: 0 },
  ];
  const { results } = (await http.post('/v1/allocations/bulk', { items })).json();
  expect(results).toMatchObject([
    { status: 202, outcome: 'reserved', expiresAt: expect.any(String) },
    { status: 202, outcome: 'waiting', batchRef: null },
    { status: 400 },
  ]);
});

test('rule 12: more reservations than one commit gives back expire in slices, and an order finds all of them free', async () => {
  await batch(2_500);
  const reserve = Array.from({ length: 2_500 }, () => ({
    orderId: randomOrderId(),
    sku,
    qty: 1,
    reserveFor: 600,
  }));
  for (let next = 0; next < reserve.length; next += 500) {
    await http.post('/v1/allocations/bulk', { items: reserve.slice(next, next + 500) });
  }
  await query(http.databaseUrl, `UPDATE allocations SET expires_at = now() WHERE sku = '${sku}'`);
  expect(await lineOf(await ask(2_500))).toMatchObject({ state: 'allocated' });
});

test('after all that can happen to lines and batches the write model, the views and the ledgers agree', async () => {
  expect(await auditWriteModel(http.databaseUrl)).toEqual([]);
  expect(await auditViews(http.databaseUrl)).toEqual([]);
  expect(await auditMovements(http.databaseUrl)).toEqual([]);
});
