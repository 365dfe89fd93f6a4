import { HttpApp } from '../support/http-app';
import { randomOrderId, randomRef, randomSku } from '../support/random-refs';
import { RunningService } from '../support/running-service';
import { until } from '../support/until';

const CRASHING = 'test/support/crash-before-dispatch-main.ts';

let one: HttpApp;
let other: HttpApp;

beforeAll(async () => {
  one = await HttpApp.start();
  other = await HttpApp.start(async () => one.databaseUrl);
});
afterAll(async () => {
  await other.stop();
  await one.stop();
});

/** A batch whose row of the view somebody holds, and what lets it go. */
async function heldBatch(): Promise<{ sku: string; release: () => Promise<unknown> }> {
  const [sku, batchRef] = [randomSku(), randomRef()];
  expect((await one.post('/v1/batches', { ref: batchRef, sku, qty: 10 })).statusCode).toBe(201);
  await one.database.query('BEGIN');
  await one.database.query('SELECT FROM view_batches WHERE ref = $1 FOR UPDATE', [batchRef]);
  return { sku, release: () => one.database.query('ROLLBACK') };
}

const isShown = async (orderId: string) => (await other.get(`/v1/allocations/${orderId}`)).statusCode === 200;

/** What another instance answers to the same request: its status, and what it says of events. */
async function again(body: object): Promise<unknown[]> {
  const answer = await other.post('/v1/allocations', body);
  return [answer.statusCode, answer.headers['x-events']];
}

test('another instance says that a command it is sent again cannot be seen yet, until it can (promise 4)', async () => {
  const { sku, release } = await heldBatch();
  const body = { orderId: randomOrderId(), sku, qty: 3 };
  const first = await one.post('/v1/allocations', body);
  expect([first.statusCode, first.headers['x-events']]).toEqual([202, 'pending']);
  expect(await again(body)).toEqual([202, 'pending']);
  expect(await again({ ...body, qty: 4 })).toEqual([409, 'pending']);
  expect(await isShown(body.orderId)).toBe(false);
  await release();
  await until(() => isShown(body.orderId));
  expect(await again(body)).toEqual([202, undefined]);
});

test('another instance says of an order that it is sent again that it cannot be seen yet, until it can (promise 4)', async () => {
  const { sku, release } = await heldBatch();
  const orderId = randomOrderId();
  const order = { orderId, lines: [{ sku, qty: 3 }] };
  const ask = async (app: HttpApp, path = '', body: object | undefined = order, headers = {}) => {
    const answer = await app.send('POST', `/v1/orders${path}`, body, headers);
    return [answer.statusCode, answer.headers['x-events'], answer.headers['idempotent-replayed']];
  };
  const key = { 'idempotency-key': orderId };
  expect(await ask(one, '', order, key)).toEqual([201, 'pending', undefined]);
  expect(await ask(other, '', order, key)).toEqual([201, 'pending', 'true']);
  expect(await ask(other)).toEqual([200, 'pending', undefined]);
  expect(await ask(other, `/${orderId}/confirm`, undefined)).toEqual([200, 'pending', undefined]);
  await release();
  await until(async () => (await ask(other))[1] === undefined);
  expect(await isShown(orderId)).toBe(true);
});

test('another instance says of a command after which the first one died, too, that it cannot be seen yet (promise 4)', async () => {
  const dying = await RunningService.start({ DATABASE_URL: one.databaseUrl }, CRASHING);
  const { sku, release } = await heldBatch();
  const body = { orderId: 'crash-here', sku, qty: 3 };
  await expect(dying.post('/v1/allocations', body)).rejects.toThrow();
  expect(await again(body)).toEqual([202, 'pending']);
  expect(await isShown(body.orderId)).toBe(false);
  await release();
  await until(() => isShown(body.orderId), 30);
  expect(await again(body)).toEqual([202, undefined]);
});
