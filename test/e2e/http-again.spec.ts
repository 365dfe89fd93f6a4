import { HttpApp } from '../support/http-app';
import { randomOrderId, randomRef, randomSku } from '../support/random-refs';

/** What the OpenAPI document and docs/rules.md say under "Sending again". */

let http: HttpApp;

beforeAll(async () => {
  http = await HttpApp.start();
});
afterAll(() => http.stop());

const status = async (answer: ReturnType<HttpApp['send']>) => (await answer).statusCode;
const quantity = (batchRef: string, qty: number, headers?: Record<string, string>) =>
  http.send('PATCH', `/v1/batches/${batchRef}`, { qty }, headers);
const batch = async (batchRef: string) =>
  (await http.get(`/v1/batches/${batchRef}`)).json<Record<string, unknown>>();
const lineOf = async (orderId: string) =>
  (await http.get(`/v1/allocations/${orderId}`)).json<{
    lines: { state: string; batchRef: string | null }[];
  }>().lines[0];

/** Whatever it answers, it changes nothing. */
async function changesNothing(send: () => ReturnType<HttpApp['send']>): Promise<number> {
  const before = await http.state();
  const answer = await status(send());
  expect(await http.state()).toEqual(before);
  return answer;
}

describe('a batch, sent again after its quantity was changed', () => {
  const ways: [name: string, send: (item: object) => ReturnType<HttpApp['send']>][] = [
    ['POST /v1/batches', (item) => http.post('/v1/batches', item)],
    ['POST /add_batch', (item) => http.post('/add_batch', item)],
  ];

  test.each(ways)(
    'changes nothing as it was created and as it is now, and is refused otherwise: %s',
    async (_, send) => {
      const item = { ref: randomRef(), sku: randomSku(), qty: 10, eta: '2031-01-31' };
      expect(await status(send(item))).toBe(201);
      await http.post('/v1/allocations', { orderId: randomOrderId(), sku: item.sku, qty: 3 });
      await quantity(item.ref, 7);
      await quantity(item.ref, 0);

      expect(await changesNothing(() => send(item))).toBe(201);
      expect(await changesNothing(() => send({ ...item, qty: 7 }))).toBe(409);
      expect(await changesNothing(() => send({ ...item, qty: 11 }))).toBe(409);
      expect(await changesNothing(() => send({ ...item, eta: null }))).toBe(409);
      expect(await changesNothing(() => send({ ...item, sku: randomSku() }))).toBe(409);
      await quantity(item.ref, 8);
      expect(await changesNothing(() => send({ ...item, qty: 8 }))).toBe(201);
      expect((await batch(item.ref)).purchasedQuantity).toBe(8);
    },
  );

  test('is answered alike in bulk, where the others are created', async () => {
    const item = { ref: randomRef(), sku: randomSku(), qty: 10 };
    await http.post('/v1/batches', item);
    await quantity(item.ref, 4);
    const other = { ...item, ref: randomRef() };
    const answer = await http.post('/v1/batches/bulk', {
      items: [item, other, { ...item, qty: 4 }, { ...item, qty: 5 }],
    });
    const { results } = answer.json<{ results: { status: number; outcome?: string }[] }>();
    expect(results.map((result) => [result.status, result.outcome])).toEqual([
      [201, 'exists already'],
      [201, 'created'],
      [201, 'exists already'],
      [409, undefined],
    ]);
    expect((await batch(item.ref)).purchasedQuantity).toBe(4);
  });
});

describe('a line, sent again', () => {
  const stocked = async (qty: number) => {
    const item = { ref: randomRef(), sku: randomSku(), qty };
    await http.post('/v1/batches', item);
    return item;
  };

  test('changes nothing while it is allocated, to whatever batch it was moved', async () => {
    const { ref: batchRef, sku } = await stocked(10);
    const line = { orderId: randomOrderId(), sku, qty: 3 };
    expect(await status(http.post('/v1/allocations', line))).toBe(202);
    expect(await changesNothing(() => http.post('/v1/allocations', line))).toBe(202);
    const later = randomRef();
    await http.post('/v1/batches', { ref: later, sku, qty: 10, eta: '2031-01-31' });
    await quantity(batchRef, 0);
    expect(await changesNothing(() => http.post('/v1/allocations', line))).toBe(202);
    expect(await lineOf(line.orderId)).toMatchObject({ state: 'allocated', batchRef: later });
    expect(await changesNothing(() => http.post('/v1/allocations', { ...line, qty: 4 }))).toBe(409);
  });

  test('is tried anew when it was out of stock', async () => {
    const { sku } = await stocked(1);
    const line = { orderId: randomOrderId(), sku, qty: 3 };
    await http.post('/v1/allocations', line);
    await http.post('/v1/batches', { ref: randomRef(), sku, qty: 10 });
    expect(await lineOf(line.orderId)).toMatchObject({ state: 'out of stock' });
    await http.post('/v1/allocations', line);
    expect(await lineOf(line.orderId)).toMatchObject({ state: 'allocated' });
  });

  test('is a new wish when it was given back meanwhile, since nothing in the request tells the two apart', async () => {
    const { ref: batchRef, sku } = await stocked(10);
    const line = { orderId: randomOrderId(), sku, qty: 3 };
    await http.post('/v1/allocations', line);
    await http.send('DELETE', `/v1/allocations/${line.orderId}/${sku}`);
    await http.post('/v1/allocations', line);
    expect(await lineOf(line.orderId)).toMatchObject({ state: 'allocated' });
    expect((await batch(batchRef)).availableQuantity).toBe(7);
  });

  test('is not found by the second DELETE, unless it was asked for anew', async () => {
    const { ref: batchRef, sku } = await stocked(10);
    const line = { orderId: randomOrderId(), sku, qty: 3 };
    const giveBack = () => http.send('DELETE', `/v1/allocations/${line.orderId}/${sku}`);
    await http.post('/v1/allocations', line);
    expect(await status(giveBack())).toBe(202);
    expect(await changesNothing(giveBack)).toBe(404);
    await http.post('/v1/allocations', line);
    expect(await status(giveBack())).toBe(202);
    expect((await batch(batchRef)).availableQuantity).toBe(10);
  });

  test('is left by the second reallocation where the first one put it', async () => {
    const { sku } = await stocked(1);
    await http.post('/v1/batches', { ref: randomRef(), sku, qty: 10, eta: '2031-01-31' });
    const line = { orderId: randomOrderId(), sku, qty: 3 };
    await http.post('/v1/allocations', line);
    const better = randomRef();
    await http.post('/v1/batches', { ref: better, sku, qty: 3, eta: '2031-01-01' });
    const reallocate = () => http.post(`/v1/allocations/${line.orderId}/${sku}/reallocate`);
    expect(await status(reallocate())).toBe(202);
    expect(await changesNothing(reallocate)).toBe(202);
    expect(await lineOf(line.orderId)).toMatchObject({ state: 'allocated', batchRef: better });
    await http.send('DELETE', `/v1/allocations/${line.orderId}/${sku}`);
    expect(await changesNothing(reallocate)).toBe(404);
  });
});

test('an arrival, sent again, changes nothing, and is refused when it says what the batch has no longer (rule 16)', async () => {
  const item = { ref: randomRef(), sku: randomSku(), qty: 10, eta: '2031-01-31' };
  await http.post('/v1/batches', item);
  const arrive = (body: object) => http.post(`/v1/batches/${item.ref}/arrive`, body);
  expect(await status(arrive({ qty: 8 }))).toBe(202);
  for (const body of [{ qty: 8 }, {}]) expect(await changesNothing(() => arrive(body))).toBe(202);
  await http.post(`/v1/batches/${item.ref}/adjustments`, { delta: -1, reason: 'damaged' });
  expect(await changesNothing(() => arrive({ qty: 8 }))).toBe(409);
  for (const body of [{ qty: 7 }, {}]) expect(await changesNothing(() => arrive(body))).toBe(202);
});

describe('a change of quantity, sent again', () => {
  test('changes nothing at once, and sets the quantity back when another was set meanwhile', async () => {
    const item = { ref: randomRef(), sku: randomSku(), qty: 10 };
    await http.post('/v1/batches', item);
    expect(await status(quantity(item.ref, 8))).toBe(202);
    expect(await changesNothing(() => quantity(item.ref, 8))).toBe(202);
    await quantity(item.ref, 12);
    expect(await status(quantity(item.ref, 8))).toBe(202);
    expect((await batch(item.ref)).purchasedQuantity).toBe(8);
  });

  test('is refused with If-Match after any change of the batch, its own first time included', async () => {
    const item = { ref: randomRef(), sku: randomSku(), qty: 10 };
    await http.post('/v1/batches', item);
    const etag = (await http.get(`/v1/batches/${item.ref}`)).headers.etag as string;
    const known = () => quantity(item.ref, 8, { 'if-match': etag });
    expect(await status(known())).toBe(202);
    expect(await changesNothing(known)).toBe(412);
    await quantity(item.ref, 12);
    expect(await changesNothing(known)).toBe(412);
  });
});
