import { auditMovements, auditViews, auditWriteModel } from '../support/audit';
import { type Answer, HttpApp } from '../support/http-app';
import { randomOrderId, randomRef, randomSku } from '../support/random-refs';
import { until } from '../support/until';

let http: HttpApp;
let table: string;
let chair: string;
beforeAll(async () => void (http = await HttpApp.start()));
beforeEach(() => void ([table, chair] = [randomSku('TABLE'), randomSku('CHAIR')]));
afterAll(() => http.stop());

async function batch(sku: string, qty: number, eta: string | null = null): Promise<string> {
  const batchRef = randomRef();
  expect((await http.post('/v1/batches', { ref: batchRef, sku, qty, eta })).statusCode).toBe(201);
  return batchRef;
}

const place = (lines: object[], more: object = {}, orderId = randomOrderId()) =>
  http.post('/v1/orders', { orderId, lines, ...more });
const get = async (orderId: string) => (await http.get(`/v1/orders/${orderId}`)).json();
const onOrder = (orderId: string, what: string) => http.send('POST', `/v1/orders/${orderId}/${what}`);
const cancel = (orderId: string) => http.send('DELETE', `/v1/orders/${orderId}`);
const kindOf = (answer: Answer) => [answer.statusCode, answer.json().type];
const left = async (sku: string) => (await http.get(`/v1/availability/${sku}`)).json().available;

/** An order that is placed: its id. */
async function placed(lines: object[], more: object = {}): Promise<string> {
  const answer = await place(lines, more);
  expect([answer.statusCode, answer.body]).toEqual([201, expect.any(String)]);
  return answer.json().orderId;
}

test('rule 20: an order is placed as a whole, and sent again it changes nothing', async () => {
  const batchRef = await batch(table, 10);
  await batch(chair, 10, '2031-01-31');
  const lines = [
    { sku: table, qty: 2 },
    { sku: chair, qty: 8, priority: 3 },
  ];
  const answer = await place(lines);
  expect(answer.statusCode).toBe(201);
  const order = answer.json();
  expect(answer.headers.location).toBe(`/v1/orders/${order.orderId}`);
  expect(order).toMatchObject({ state: 'confirmed', customerId: null });
  expect(order.lines).toEqual([
    expect.objectContaining({ sku: chair, qty: 8, priority: 3, state: 'allocated', eta: '2031-01-31' }),
    expect.objectContaining({
      sku: table,
      qty: 2,
      priority: 0,
      state: 'allocated',
      batchRef,
      eta: null,
    }),
  ]);
  expect(await get(order.orderId)).toEqual(order);

  const again = await place(lines.toReversed(), {}, order.orderId);
  expect([again.statusCode, again.json()]).toEqual([200, order]);
  expect(kindOf(await place([lines[0]], {}, order.orderId))).toEqual([409, '/problems/order-conflict']);
  expect(kindOf(await place(lines, { wait: true }, order.orderId))).toEqual([
    409,
    '/problems/order-conflict',
  ]);
  expect([await left(table), await left(chair)]).toEqual([8, 2]);
});

test('rule 20: an order of which a line is short holds nothing, and the answer names each such line', async () => {
  await batch(table, 10);
  await batch(chair, 3);
  const lines = [
    { sku: table, qty: 2 },
    { sku: chair, qty: 4 },
  ];
  const answer = await place(lines);
  expect(kindOf(answer)).toEqual([409, '/problems/order-short']);
  expect(answer.json().lines).toEqual([{ sku: chair, qty: 4, available: 3, missing: 1 }]);
  expect([await left(table), await left(chair)]).toEqual([10, 3]);
  const orderId = /order (\S+) is short/i.exec(answer.json().detail)![1];
  expect(await get(orderId)).toMatchObject({ state: 'short' });
  expect(kindOf(await onOrder(orderId, 'confirm'))).toEqual([409, '/problems/order-short']);
  expect((await cancel(orderId)).json()).toMatchObject({ state: 'short' });

  // Sent again, it is tried anew.
  await batch(chair, 4);
  expect((await place(lines, {}, orderId)).statusCode).toBe(201);
  expect(await get(orderId)).toMatchObject({ state: 'confirmed' });
  expect((await place(lines, {}, orderId)).statusCode).toBe(200);
});

test('an order with an unknown SKU is refused as a line is, and holds nothing (rule 6)', async () => {
  await batch(table, 10);
  const unknown = randomSku('UNKNOWN');
  const answer = await place([
    { sku: table, qty: 2 },
    { sku: unknown, qty: 1 },
  ]);
  expect([...kindOf(answer), answer.json().detail]).toEqual([
    ...[422, '/problems/invalid-sku', `Invalid sku ${unknown}`],
  ]);
  expect(await left(table)).toBe(10);
});

test('an order that breaks the syntax names each bad field, those of its lines and its customer included', async () => {
  const answer = await http.post('/v1/orders', {
    orderId: 'o',
    customer: { id: 'jo', email: 'nowhere' },
    lines: [{ sku: table, qty: 1 }],
  });
  expect([answer.statusCode, answer.json().errors]).toEqual([
    400,
    [{ field: 'customer.email', message: 'must be a mail address' }],
  ]);
  const fields = async (lines: unknown) =>
    (await http.post('/v1/orders', { orderId: 'o', lines }))
      .json()
      .errors.map(({ field }: { field: string }) => field);
  expect(await fields([{ sku: '', qty: 1 }, 5, { sku: table, qty: 0 }])).toEqual([
    ...['lines[0].sku', 'lines[1]', 'lines[2].qty'],
  ]);
  // Two lines of one SKU would be one line to the allocation: say the sum.
  expect(await fields([table, chair, table].map((sku) => ({ sku, qty: 1 })))).toEqual(['lines[2].sku']);
  for (const lines of [undefined, [], {}, Array.from({ length: 101 }, (_, n) => ({ sku: `s${n}`, qty: 1 }))])
    expect(await fields(lines)).toEqual(['lines']);
});

test('rule 20: a partial order takes the lines that can be had', async () => {
  await batch(table, 10);
  await batch(chair, 3);
  const lines = [
    { sku: table, qty: 2 },
    { sku: chair, qty: 4 },
  ];
  const order = await get(await placed(lines, { partial: true }));
  expect(order.state).toBe('confirmed');
  expect(order.lines.map(({ state }: { state: string }) => state)).toEqual(['out of stock', 'allocated']);
  expect(kindOf(await place([lines[1]], { partial: true }))).toEqual([409, '/problems/order-short']);
});

test('rules 13 and 20: lines of an order wait, and the order with them', async () => {
  await batch(table, 10);
  await batch(chair, 3);
  const orderId = await placed(
    [
      { sku: table, qty: 2 },
      { sku: chair, qty: 4 },
    ],
    { wait: true },
  );
  const waiting = await get(orderId);
  expect(waiting.state).toBe('waiting');
  expect(waiting.lines[0]).toMatchObject({ sku: chair, state: 'waiting', place: 1 });
  expect(kindOf(await onOrder(orderId, 'dispatch'))).toEqual([409, '/problems/order-not-ready']);
  await batch(chair, 4);
  const served = await get(orderId);
  expect(served).toMatchObject({ state: 'confirmed' });
  expect(served.lines[0]).toMatchObject({ state: 'allocated', expiresAt: null });
});

test.each([30, 3_600])(
  'rules 11 and 20: an order is reserved for %s s, confirmed and dispatched',
  async (reserveFor) => {
    await batch(table, 10);
    await batch(chair, 10);
    const orderId = await placed(
      [
        { sku: table, qty: 2 },
        { sku: chair, qty: 4 },
      ],
      { reserveFor },
    );
    const reserved = await get(orderId);
    expect(reserved.state).toBe('reserved');
    for (const { state, expiresAt } of reserved.lines) {
      const seconds = (Date.parse(expiresAt) - Date.now()) / 1_000;
      expect(state).toBe('reserved');
      expect(seconds).toBeGreaterThan(reserveFor - 20);
      expect(seconds).toBeLessThanOrEqual(reserveFor + 1);
    }
    expect(kindOf(await onOrder(orderId, 'dispatch'))).toEqual([409, '/problems/order-not-ready']);
    for (const time of ['first', 'second']) {
      const confirmed = await onOrder(orderId, 'confirm');
      expect([time, confirmed.statusCode, confirmed.json().state]).toEqual([time, 200, 'confirmed']);
    }
    for (const time of ['first', 'second']) {
      const dispatched = await onOrder(orderId, 'dispatch');
      expect([time, dispatched.statusCode, dispatched.json().state]).toEqual([time, 200, 'dispatched']);
    }
    expect(kindOf(await cancel(orderId))).toEqual([409, '/problems/order-dispatched']);
    expect(await get(orderId)).toMatchObject({ state: 'dispatched' });
  },
);

test('rules 12 and 20: an order that ran out holds nothing, and can be confirmed no more', async () => {
  await batch(table, 10);
  const lines = [{ sku: table, qty: 2 }];
  const orderId = await placed(lines, { reserveFor: 1 });
  await until(async () => (await get(orderId)).state === 'expired');
  expect(kindOf(await onOrder(orderId, 'confirm'))).toEqual([409, '/problems/order-expired']);
  expect(await left(table)).toBe(10);
  expect((await place(lines, { reserveFor: 1 }, orderId)).json()).toMatchObject({ state: 'expired' });
  expect(kindOf(await onOrder(orderId, 'dispatch'))).toEqual([409, '/problems/order-expired']);
});

test('rule 20: an order is cancelled as a whole, and stays so', async () => {
  await batch(table, 10);
  await batch(chair, 10);
  const lines = [
    { sku: table, qty: 2 },
    { sku: chair, qty: 4 },
  ];
  const orderId = await placed(lines);
  for (const time of ['first', 'second']) {
    const cancelled = await cancel(orderId);
    expect([time, cancelled.statusCode, cancelled.json().state]).toEqual([time, 200, 'cancelled']);
  }
  expect([await left(table), await left(chair)]).toEqual([10, 10]);
  // A late repetition is told from a new wish.
  expect((await place(lines, {}, orderId)).json()).toMatchObject({ state: 'cancelled' });
  expect(await left(table)).toBe(10);
  expect(kindOf(await onOrder(orderId, 'confirm'))).toEqual([409, '/problems/order-closed']);
});

test('rules 14 and 20: an order leaves when all of it has arrived', async () => {
  await batch(table, 10);
  const ship = await batch(chair, 10, '2031-01-31');
  const orderId = await placed([
    { sku: table, qty: 2 },
    { sku: chair, qty: 4 },
  ]);
  const refused = await onOrder(orderId, 'dispatch');
  expect([...kindOf(refused), refused.json().detail]).toEqual([
    ...[409, '/problems/order-not-ready'],
    expect.stringContaining(`${chair} arrives on 2031-01-31`),
  ]);
  expect((await get(orderId)).lines[1]).toMatchObject({ sku: table, state: 'allocated' });
  await http.post(`/v1/batches/${ship}/arrive`, {});
  expect((await onOrder(orderId, 'dispatch')).json()).toMatchObject({ state: 'dispatched' });
});

test('rules 12 and 20: an order leaves with the lines that are held, when others have run out', async () => {
  await batch(table, 10);
  await batch(chair, 10);
  const lines = [
    { sku: table, qty: 2 },
    { sku: chair, qty: 4 },
  ];
  const orderId = await placed(lines, { reserveFor: 600 });
  expect((await http.send('POST', `/v1/allocations/${orderId}/${table}/confirm`)).statusCode).toBe(202);
  await http.database.query('UPDATE allocations SET expires_at = now() WHERE order_id = $1 AND sku = $2', [
    ...[orderId, chair],
  ]);
  await until(async () => (await get(orderId)).lines[0].state === 'expired');
  const dispatched = await onOrder(orderId, 'dispatch');
  expect([dispatched.statusCode, dispatched.json().state]).toEqual([200, 'dispatched']);
});

test('rules 10 and 20: the quantity of a line changes, and the customer never loses what he has', async () => {
  await batch(table, 10);
  const orderId = await placed([{ sku: table, qty: 4, priority: 2 }]);
  const change = (qty: unknown, sku = table) =>
    http.send('PATCH', `/v1/orders/${orderId}/lines/${sku}`, { qty });
  expect((await change(10)).json().lines[0]).toMatchObject({ qty: 10, state: 'allocated', priority: 2 });
  expect(await left(table)).toBe(0);
  const refused = await change(11);
  expect(kindOf(refused)).toEqual([409, '/problems/quantity-not-available']);
  expect(refused.json()).toMatchObject({
    detail: `Order ${orderId} keeps its 10 of ${table}: 11 are not available in one batch, 10 would be`,
    ...{ qty: 11, available: 10, missing: 1 },
  });
  expect((await get(orderId)).lines[0]).toMatchObject({ qty: 10, state: 'allocated' });
  expect((await change(3)).json().lines[0]).toMatchObject({ qty: 3, state: 'allocated' });
  expect(await left(table)).toBe(7);
  expect((await change(3)).statusCode).toBe(200);
  expect((await change(0)).statusCode).toBe(400);
  expect(kindOf(await change(1, chair))).toEqual([404, '/problems/order-line-unknown']);
  await onOrder(orderId, 'dispatch');
  expect(kindOf(await change(1))).toEqual([409, '/problems/order-closed']);
});

test('an order follows what happens to its lines one by one', async () => {
  await batch(table, 10);
  await batch(chair, 10);
  const orderId = await placed([
    { sku: table, qty: 2 },
    { sku: chair, qty: 4 },
  ]);
  expect((await http.send('DELETE', `/v1/allocations/${orderId}/${chair}`)).statusCode).toBe(202);
  const order = await get(orderId);
  expect([order.state, order.lines[0].state, order.lines[1].state]).toEqual([
    ...['confirmed', 'deallocated', 'allocated'],
  ]);
  expect((await onOrder(orderId, 'confirm')).json()).toMatchObject({ state: 'confirmed' });
  await http.send('POST', `/v1/allocations/${orderId}/${table}/dispatch`);
  expect((await get(orderId)).state).toBe('dispatched');
  // Nothing is left to be done: it is closed, and goes after its time.
  await until(async () => {
    const { rows } = await http.database.query('SELECT step FROM orders WHERE order_id = $1', [orderId]);
    return rows[0].step === 'dispatched';
  });
});

test('an order whose lines were asked for one by one goes on so', async () => {
  await batch(table, 10);
  const orderId = randomOrderId();
  await http.post('/v1/allocations', { orderId, sku: table, qty: 2 });
  expect(kindOf(await place([{ sku: table, qty: 2 }], {}, orderId))).toEqual([
    ...[409, '/problems/order-conflict'],
  ]);
  expect(kindOf(await http.get(`/v1/orders/${orderId}`))).toEqual([404, '/problems/order-unknown']);
  for (const what of ['confirm', 'dispatch'])
    expect(kindOf(await onOrder(orderId, what))).toEqual([404, '/problems/order-unknown']);
  expect(kindOf(await cancel(orderId))).toEqual([404, '/problems/order-unknown']);
});

test('rule 21: the third order makes a customer a VIP, and his lines have priority 10 unless the order says otherwise', async () => {
  await batch(table, 100);
  const id = randomRef('customer');
  const email = `${id}@example.com`;
  const order = (lines: object[], orderId = randomOrderId()) =>
    place(lines, { customer: { id, email } }, orderId);
  const look = async () => (await http.get(`/v1/customers/${id}`)).json();
  expect(kindOf(await http.get(`/v1/customers/${id}`))).toEqual([404, '/problems/customer-not-found']);

  const [first] = await Promise.all([order([{ sku: table, qty: 1 }]), order([{ sku: table, qty: 1 }])]);
  // Neither an order that is short nor one that is sent again counts.
  expect((await order([{ sku: table, qty: 1_000 }])).statusCode).toBe(409);
  expect((await order([{ sku: table, qty: 1 }], first.json().orderId)).statusCode).toBe(200);
  expect(await look()).toEqual({ id, orders: 2, vip: false, vipSince: null });

  expect((await order([{ sku: table, qty: 1 }])).json()).toMatchObject({
    customerId: id,
    lines: [{ priority: 0 }],
  });
  const vip = await look();
  expect(vip).toEqual({ id, orders: 3, vip: true, vipSince: expect.any(String) });
  await batch(chair, 10);
  const { lines } = (
    await order([
      { sku: table, qty: 1 },
      { sku: chair, qty: 1, priority: 4 },
    ])
  ).json();
  expect(lines.map(({ priority }: { priority: number }) => priority)).toEqual([4, 10]);
  expect(await look()).toEqual({ ...vip, orders: 4 });
  const { rows } = await http.database.query('SELECT subject FROM mail_queue WHERE recipient = $1', [email]);
  expect(rows).toEqual([{ subject: 'Congratulations, you are a VIP' }]);
});

test('an order that is only reserved counts for its customer once it is confirmed (rule 21)', async () => {
  await batch(table, 10);
  const id = randomRef('customer');
  const orderId = await placed([{ sku: table, qty: 1 }], { customer: { id }, reserveFor: 600 });
  expect((await http.get(`/v1/customers/${id}`)).statusCode).toBe(404);
  await onOrder(orderId, 'confirm');
  await onOrder(orderId, 'confirm');
  expect((await http.get(`/v1/customers/${id}`)).json()).toMatchObject({ orders: 1 });
});

test('a customer is forgotten: nothing but the id in his orders is kept', async () => {
  await batch(table, 10);
  const id = randomRef('customer');
  const customer = { id, email: `${id}@example.com` };
  const lines = [{ sku: table, qty: 1 }];
  const orderId = await placed(lines, { customer });
  expect((await http.send('DELETE', `/v1/customers/${id}`)).statusCode).toBe(204);
  expect(kindOf(await http.send('DELETE', `/v1/customers/${id}`))).toEqual([
    ...[404, '/problems/customer-not-found'],
  ]);
  expect((await http.get(`/v1/customers/${id}`)).statusCode).toBe(404);
  expect(await get(orderId)).toMatchObject({ customerId: id, state: 'confirmed' });
  // Nor does sending the order again bring back his address.
  expect((await place(lines, { customer }, orderId)).statusCode).toBe(200);
  expect((await http.get(`/v1/customers/${id}`)).statusCode).toBe(404);
  const { rows } = await http.database.query(
    `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
  );
  for (const { table_name } of rows) {
    const found = await http.database.query(`SELECT FROM "${table_name}" t WHERE t::text LIKE $1`, [
      `%${customer.email}%`,
    ]);
    expect([table_name, found.rowCount]).toEqual([table_name, 0]);
  }
});

test('a customer who was forgotten begins anew with an order that is placed only then', async () => {
  await batch(table, 10);
  const customer = { id: randomRef('customer'), email: 'anew@example.com' };
  const forget = () => http.send('DELETE', `/v1/customers/${customer.id}`);
  const look = async () => (await http.get(`/v1/customers/${customer.id}`)).json().orders;
  const lines = [
    { sku: chair, qty: 1 },
    { sku: table, qty: 1 },
  ];
  const [short, reserved] = [randomOrderId(), randomOrderId()];
  await place(lines, { customer, reserveFor: 600 }, reserved);
  await batch(chair, 1);
  expect((await place(lines, { customer, reserveFor: 600 }, reserved)).statusCode).toBe(201);
  expect((await place(lines, { customer }, short)).statusCode).toBe(409);
  expect((await forget()).statusCode).toBe(204);
  expect((await onOrder(reserved, 'confirm')).statusCode).toBe(200);
  expect(await look()).toBe(1);
  expect((await forget()).statusCode).toBe(204);
  await batch(chair, 1);
  expect((await place(lines, { customer }, short)).statusCode).toBe(201);
  expect(await look()).toBe(1);
});

test('after orders of every kind the write model, the views and the movements agree', async () => {
  expect(await auditWriteModel(http.databaseUrl)).toEqual([]);
  expect(await auditViews(http.databaseUrl)).toEqual([]);
  expect(await auditMovements(http.databaseUrl)).toEqual([]);
});
