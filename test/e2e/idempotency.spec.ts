import { randomUUID } from 'node:crypto';
import { Retention } from '../../src/retention/contracts';
import { type Instance, type Instances, startInstances } from '../../src/testing/contracts';
import type { Answer } from '../support/http-app';
import { randomOrderId, randomRef, randomSku } from '../support/random-refs';
import { RunningService } from '../support/running-service';
import { Stopwatch } from '../support/stalls';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

/** What is promised of requests with an Idempotency-Key. */

let database: TestDatabase;
let service: Instances;
let first: Instance;
let second: Instance;

beforeAll(async () => {
  database = await createTestDatabase();
  // As on the machine itself without any key; the test of callers makes some.
  service = await startInstances(2, { databaseUrl: database.url });
  [first, second] = service.all;
});
afterAll(async () => {
  await service.stop();
  await database.drop();
});

type Method = 'POST' | 'PATCH' | 'DELETE';

interface Asked {
  readonly key?: string;
  readonly on?: Instance;
  readonly headers?: Record<string, string>;
}

async function send(
  method: Method,
  url: string,
  payload?: object,
  { key, on = first, headers = {} }: Asked = {},
): Promise<Answer> {
  const named = key === undefined ? {} : { 'idempotency-key': key };
  return on.app.inject({ method, url, payload, headers: { ...named, ...headers } });
}

const newKey = () => `"${randomUUID()}"`;
const isReplayed = (answer: Answer) => answer.headers['idempotent-replayed'] === 'true';
const kindOf = (answer: Answer) => answer.json<{ type: string }>().type.split('/').pop();
const movementsOf = async (batchRef: string) =>
  (await first.send('GET', `/v1/batches/${batchRef}/movements`)).json<{ items: unknown[] }>().items;
const quantityOf = async (batchRef: string) =>
  (await first.send('GET', `/v1/batches/${batchRef}`)).json<{ purchasedQuantity: number }>()
    .purchasedQuantity;
const stateOf = async (orderId: string, on = first) =>
  (await on.send('GET', `/v1/allocations/${orderId}`)).json<{ lines: { state: string }[] }>().lines[0]?.state;
const recorded = async () =>
  (await service.sql.row<{ rows: number }>('SELECT count(*)::int AS rows FROM idempotency_keys'))!.rows;

/** A batch of a SKU of its own. */
async function stock(qty = 100): Promise<{ sku: string; ref: string }> {
  const [sku, batchRef] = [randomSku(), randomRef()];
  expect((await send('POST', '/v1/batches', { ref: batchRef, sku, qty })).statusCode).toBe(201);
  return { sku, ref: batchRef };
}

/** What of an answer is the same whenever it is given. */
function gist({ statusCode, headers, body }: Answer): object {
  return { statusCode, body, location: headers.location, type: headers['content-type'] };
}

describe('the four requests that nothing else keeps from being done twice', () => {
  test('an adjustment is done once, on whichever instance it comes again', async () => {
    const { ref: batchRef } = await stock();
    const key = newKey();
    const adjust = (on: Instance) =>
      send('POST', `/v1/batches/${batchRef}/adjustments`, { delta: -1, reason: 'damaged' }, { key, on });

    const [answer, again, elsewhere] = [await adjust(first), await adjust(first), await adjust(second)];
    expect([answer, again, elsewhere].map(isReplayed)).toEqual([false, true, true]);
    expect([again, elsewhere].map(gist)).toEqual([gist(answer), gist(answer)]);
    expect(answer).toMatchObject({ statusCode: 202, headers: { location: `/v1/batches/${batchRef}` } });
    expect(await quantityOf(batchRef)).toBe(99);
  });

  test('a line that was given back meanwhile is not allocated anew', async () => {
    const { sku } = await stock();
    const [orderId, key] = [randomOrderId(), newKey()];
    const allocate = () => send('POST', '/v1/allocations', { orderId, sku, qty: 3 }, { key });
    const answer = await allocate();
    await send('DELETE', `/v1/allocations/${orderId}/${sku}`);

    const again = await allocate();
    expect(gist(again)).toEqual(gist(answer));
    expect(isReplayed(again)).toBe(true);
    expect(await stateOf(orderId)).toBe('deallocated');
  });

  test('a quantity that another one was set after is not set back, and If-Match is met once', async () => {
    const { ref: batchRef } = await stock();
    const etag = (await first.send('GET', `/v1/batches/${batchRef}`)).headers.etag!;
    const [key, conditional] = [newKey(), newKey()];
    const set = (qty: number, asked: Asked) => send('PATCH', `/v1/batches/${batchRef}`, { qty }, asked);
    // The first version is not the one that the batch has, so two units of work are run for it.
    const headers = { 'if-match': `"99999", ${etag}` };
    expect((await set(50, { key: conditional, headers })).statusCode).toBe(202);
    expect((await set(60, { key })).statusCode).toBe(202);
    await set(70, {});

    for (const again of [await set(60, { key }), await set(50, { key: conditional, headers })])
      expect(again).toMatchObject({ statusCode: 202, headers: { 'idempotent-replayed': 'true' } });
    expect(await quantityOf(batchRef)).toBe(70);
  });

  test('a quantity of a line of an order that another one was set after is not set back', async () => {
    const { sku } = await stock();
    const [orderId, key] = [randomOrderId(), newKey()];
    await send('POST', '/v1/orders', { orderId, lines: [{ sku, qty: 1 }] });
    const change = (qty: number, asked: Asked = {}) =>
      send('PATCH', `/v1/orders/${orderId}/lines/${sku}`, { qty }, asked);
    const answer = await change(2, { key });
    await change(3);

    expect(gist(await change(2, { key, on: second }))).toEqual(gist(answer));
    // As if the instance had died before it answered: the row is there, and the answer is not.
    await service.sql.count('UPDATE idempotency_keys SET answer = NULL WHERE key = $1', [key.slice(1, -1)]);
    expect((await change(2, { key, on: second })).json()).toMatchObject({ lines: [{ qty: 3 }] });
    const order = (await first.send('GET', `/v1/orders/${orderId}`)).json<{ lines: { qty: number }[] }>();
    expect(order.lines[0].qty).toBe(3);
  });
});

describe('a request that is sent again', () => {
  test('is answered for an order with the status and the body of the first time', async () => {
    const { sku } = await stock(5);
    const place = (orderId: string, qty: number, key: string) =>
      send('POST', '/v1/orders', { orderId, lines: [{ sku, qty }] }, { key });
    const [orderId, key] = [randomOrderId(), newKey()];
    const placed = await place(orderId, 4, key);
    await send('DELETE', `/v1/orders/${orderId}`);

    const again = await place(orderId, 4, key);
    expect(placed.statusCode).toBe(201);
    expect(gist(again)).toEqual(gist(placed));
    expect(isReplayed(again)).toBe(true);
  });

  test('is refused as an order that was short, also when it could be had by now', async () => {
    const { sku } = await stock(5);
    const [orderId, key] = [randomOrderId(), newKey()];
    const place = () => send('POST', '/v1/orders', { orderId, lines: [{ sku, qty: 6 }] }, { key });
    const short = await place();
    expect([short.statusCode, kindOf(short)]).toEqual([409, 'order-short']);
    await send('POST', '/v1/batches', { ref: randomRef(), sku, qty: 100 });

    expect(gist(await place())).toEqual(gist(short));
    expect((await first.send('GET', `/v1/orders/${orderId}`)).json()).toMatchObject({ state: 'short' });
  });

  test('is refused for a line that there was not, also when there is one by now', async () => {
    const { sku } = await stock();
    const [orderId, key] = [randomOrderId(), newKey()];
    const giveBack = (asked: Asked) =>
      send('DELETE', `/v1/allocations/${orderId}/${sku}`, undefined, { key, ...asked });
    const refused = await giveBack({});
    expect([refused.statusCode, kindOf(refused)]).toEqual([404, 'line-not-allocated']);
    await send('POST', '/v1/allocations', { orderId, sku, qty: 3 });

    expect(gist(await giveBack({ on: second }))).toEqual(gist(refused));
    expect(await stateOf(orderId)).toBe('allocated');
  });

  test('is answered anew where nothing was decided: bad syntax can be corrected, with the same key', async () => {
    const { sku } = await stock();
    const [orderId, key] = [randomOrderId(), newKey()];
    expect((await send('POST', '/v1/allocations', { orderId, sku, qty: '3' }, { key })).statusCode).toBe(400);
    expect((await send('POST', '/v1/allocations', { orderId, sku, qty: 3 }, { key })).statusCode).toBe(202);
    expect(await stateOf(orderId)).toBe('allocated');
  });

  test('is answered in bulk as the first time, and where the instance died in the middle for the items that were carried out', async () => {
    const { sku } = await stock();
    const [done, open] = [randomOrderId(), randomOrderId()];
    const items = [
      { orderId: done, sku, qty: 2 },
      { orderId: open, sku, qty: 3 },
      { orderId: open, sku, qty: '3' },
    ];
    const key = newKey();
    const bulk = (asked: Asked = {}) => send('POST', '/v1/allocations/bulk', { items }, { key, ...asked });
    const answer = await bulk();
    expect(answer.json<{ results: { status: number }[] }>().results.map(({ status }) => status)).toEqual([
      202, 202, 400,
    ]);
    for (const orderId of [done, open]) await send('DELETE', `/v1/allocations/${orderId}/${sku}`);
    expect(gist(await bulk({ on: second }))).toEqual(gist(answer));

    await service.sql.count('DELETE FROM idempotency_keys WHERE key = $1 AND part IN (0, 2)', [
      key.slice(1, -1),
    ]);
    const other = await send('DELETE', `/v1/allocations/${done}/${sku}`, undefined, { key });
    expect([other.statusCode, kindOf(other)]).toEqual([422, 'idempotency-key-reused']);
    expect((await bulk({ on: second })).statusCode).toBe(200);
    expect([await stateOf(done), await stateOf(open)]).toEqual(['deallocated', 'allocated']);
  });
});

test('an answer that is ready waits no longer than a moment for being kept', async () => {
  const hold = service.sql.transaction(async (sql) => {
    await sql.count('LOCK TABLE idempotency_keys IN SHARE MODE');
    const watch = new Stopwatch();
    const answer = await send('DELETE', '/v1/orders/nobody-placed-it', undefined, { key: newKey() });
    expect(answer.statusCode).toBe(404);
    expect(watch.stop()).toBeLessThan(4_000);
  });
  await hold;
});

test('a question with an Idempotency-Key is asked anew', async () => {
  const { sku } = await stock(5);
  const key = newKey();
  const ask = () => send('POST', '/v1/allocations/explain', { sku, qty: 5 }, { key });
  expect((await ask()).json()).toMatchObject({ outcome: 'allocated' });
  await send('POST', '/v1/allocations', { orderId: randomOrderId(), sku, qty: 1 });
  const again = await ask();
  expect(again.json()).toMatchObject({ outcome: 'out of stock' });
  expect(isReplayed(again)).toBe(false);
  // Of what asks for the scope admin, too.
  const other = newKey();
  const head = () =>
    first.app.inject({ method: 'HEAD', url: '/v1/audit', headers: { 'idempotency-key': other } });
  expect([await head(), await head()].map(isReplayed)).toEqual([false, false]);
});

describe('an Idempotency-Key', () => {
  test('of another request is answered 422, and nothing is done', async () => {
    const { sku, ref: batchRef } = await stock();
    const [orderId, key] = [randomOrderId(), newKey()];
    await send('POST', '/v1/allocations', { orderId, sku, qty: 1 }, { key });
    const others = [
      await send('POST', '/v1/allocations', { orderId, sku, qty: 2 }, { key }),
      await send('DELETE', `/v1/allocations/${orderId}/${sku}`, undefined, { key, on: second }),
      await send('POST', '/v1/orders', { orderId: randomOrderId(), lines: [{ sku, qty: 1 }] }, { key }),
    ];
    expect(others.map((answer) => [answer.statusCode, kindOf(answer)])).toEqual(
      others.map(() => [422, 'idempotency-key-reused']),
    );
    expect(await stateOf(orderId)).toBe('allocated');
    expect(await movementsOf(batchRef)).toHaveLength(1);
  });

  test('may be quoted or not; anything else is refused, and names the header', async () => {
    const { ref: batchRef } = await stock();
    const adjust = (key: string) =>
      send('POST', `/v1/batches/${batchRef}/adjustments`, { delta: -1, reason: 'lost' }, { key });
    const id = randomUUID();
    expect(isReplayed(await adjust(id))).toBe(false);
    expect(isReplayed(await adjust(`"${id}"`))).toBe(true);
    for (const bad of ['""', '', 'a b', '"a', '"a", "b"', '"ä"', `"${'x'.repeat(256)}"`])
      expect((await adjust(bad)).json()).toMatchObject({
        status: 400,
        detail: expect.stringMatching(/^Idempotency-Key must be/) as string,
      });
    expect(await quantityOf(batchRef)).toBe(99);
  });

  test('costs nothing and leaves nothing where it is not sent', async () => {
    const before = await recorded();
    const { sku } = await stock();
    await send('POST', '/v1/allocations', { orderId: randomOrderId(), sku, qty: 1 });
    expect(await recorded()).toBe(before);
  });

  test('is known for as long as IDEMPOTENCY_RETENTION_DAYS says', async () => {
    const { ref: batchRef } = await stock();
    const [young, old] = [newKey(), newKey()];
    const adjust = (key: string) =>
      send('POST', `/v1/batches/${batchRef}/adjustments`, { delta: -1, reason: 'lost' }, { key });
    await adjust(young);
    await adjust(old);
    await service.sql.count(
      `UPDATE idempotency_keys SET stored_at = now() - CASE key WHEN $1 THEN interval '23 hours' ELSE interval '25 hours' END
       WHERE key IN ($1, $2)`,
      [young.slice(1, -1), old.slice(1, -1)],
    );
    const retention = first.get(Retention);
    while (await retention.removeDue());
    await service.sql.count('UPDATE retention SET due_at = now()');
    while (await retention.removeDue());
    // The instances look by themselves, too, and may have taken it on.
    const isKept = 'SELECT FROM idempotency_keys WHERE key = $1';
    await until(async () => !(await service.sql.row(isKept, [old.slice(1, -1)])));
    expect([isReplayed(await adjust(young)), isReplayed(await adjust(old))]).toEqual([true, false]);
  });
});

describe('at the same time', () => {
  test('a thousand repetitions on two instances do it once', async () => {
    const { ref: batchRef } = await stock(1_000);
    const key = newKey();
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, index) =>
        send(
          'POST',
          `/v1/batches/${batchRef}/adjustments`,
          { delta: -1, reason: 'lost' },
          { key, on: service.all[index % 2] },
        ),
      ),
    );
    const carriedOut = answers.filter((answer) => answer.statusCode === 202 && !isReplayed(answer));
    const others = answers.filter((answer) => !carriedOut.includes(answer));
    expect(carriedOut).toHaveLength(1);
    for (const answer of others)
      if (answer.statusCode !== 202)
        expect([answer.statusCode, kindOf(answer)]).toEqual([409, 'idempotency-key-in-use']);
    expect(await quantityOf(batchRef)).toBe(999);
    expect(await movementsOf(batchRef)).toHaveLength(2);
  });

  test('one of two requests with one key is carried out, and so are others that share its commit', async () => {
    const [one, other] = [await stock(), await stock()];
    const adjust = (batchRef: string, on: Instance, key?: string) =>
      send('POST', `/v1/batches/${batchRef}/adjustments`, { delta: -1, reason: 'lost' }, { key, on });
    for (let round = 0; round < 10; round += 1) {
      const key = newKey();
      const bystanders = await Promise.all([...Array(10)].map(() => stock(10)));
      const [a, b, ...rest] = await Promise.all([
        adjust(one.ref, first, key),
        adjust(other.ref, second, key),
        ...bystanders.flatMap(({ ref: batchRef }) => [
          adjust(batchRef, first),
          adjust(batchRef, second, newKey()),
        ]),
      ]);
      expect(rest.map(({ statusCode }) => statusCode)).toEqual(rest.map(() => 202));
      for (const { ref: batchRef } of bystanders) expect(await quantityOf(batchRef)).toBe(8);
      expect([a.statusCode, b.statusCode].sort()[0]).toBe(202);
      expect([409, 422]).toContain([a.statusCode, b.statusCode].sort()[1]);
    }
    expect((await quantityOf(one.ref)) + (await quantityOf(other.ref))).toBe(190);
  });

  test('one of two requests with one key is carried out, also where one of them places or cancels an order', async () => {
    const { ref: batchRef, sku } = await stock(1_000);
    const adjust = (key: string) =>
      send('POST', `/v1/batches/${batchRef}/adjustments`, { delta: -1, reason: 'lost' }, { key });
    const lines = [{ sku, qty: 1 }];
    const place = (key?: string) =>
      send('POST', '/v1/orders', { orderId: randomOrderId(), lines }, { key, on: second });
    let adjusted = 0;
    for (let round = 0; round < 10; round += 1) {
      const { orderId } = (await place()).json<{ orderId: string }>();
      const cancel = (key: string) => send('DELETE', `/v1/orders/${orderId}`, undefined, { key, on: second });
      for (const other of [place, cancel]) {
        const key = newKey();
        const answers = await Promise.all([adjust(key), other(key)]);
        const [first, ...others] = answers.map(({ statusCode }) => statusCode).sort();
        expect([round, first < 300, others.every((status) => status === 409 || status === 422)]).toEqual([
          ...[round, true, true],
        ]);
        if (answers[0].statusCode < 300) adjusted += 1;
      }
    }
    expect(await quantityOf(batchRef)).toBe(1_000 - adjusted);
  });
});

describe('after a crash between the commit and the answer', () => {
  const CRASHING = 'test/support/crash-before-dispatch-main.ts';

  async function crashOn(url: string, body: object, key: string): Promise<void> {
    const crashing = await RunningService.start({ DATABASE_URL: database.url }, CRASHING);
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    const answer = fetch(crashing.url + url, { method: 'POST', headers, body: JSON.stringify(body) });
    await expect(answer).rejects.toThrow();
    expect(await crashing.ended()).toBeNull();
  }

  test('the request is answered, and not carried out again', async () => {
    const { sku } = await stock();
    const key = newKey();
    const line = { orderId: 'crash-here', sku, qty: 1 };
    await crashOn('/v1/allocations', line, key);
    await send('DELETE', `/v1/allocations/crash-here/${sku}`);

    const again = await send('POST', '/v1/allocations', line, { key });
    expect(again).toMatchObject({ statusCode: 202, headers: { location: '/v1/allocations/crash-here' } });
    expect(isReplayed(again)).toBe(true);
    expect(await stateOf('crash-here')).toBe('deallocated');
  });
});

test('a dead letter that was tried again is known as such, also when nobody got to say so', async () => {
  const [handler, eventId, key] = ['nobody', randomUUID(), newKey()];
  await service.sql.count(
    `INSERT INTO dead_letters (handler, event_id, event, attempts, error)
     VALUES ($1, $2, '{"sku": "LAMP", "sequence": 1, "type": "OutOfStock"}', 12, 'refused')`,
    [handler, eventId],
  );
  const replay = (on: Instance) =>
    send('POST', `/v1/dead-letters/${handler}/${eventId}/replay`, undefined, { key, on });
  const replayed = await replay(first);
  expect(replayed).toMatchObject({ statusCode: 202, body: '{"replayed":1}' });
  await service.sql.count('UPDATE idempotency_keys SET answer = NULL WHERE key = $1', [key.slice(1, -1)]);
  expect(gist(await replay(second))).toEqual(gist(replayed));
}, 20_000);

describe('what shows a secret', () => {
  test('is done once, and its answer is not kept', async () => {
    const webhook = { url: 'https://shop.example/hook' };
    const key = newKey();
    const created = await send('POST', '/v1/webhooks', webhook, { key });
    const { id, secret } = created.json<{ id: string; secret: string }>();
    const expected = [409, 'shown-once', `/v1/webhooks/${id}`];
    const seen = (answer: Answer) => [answer.statusCode, kindOf(answer), answer.headers.location];
    const again = await send('POST', '/v1/webhooks', webhook, { key, on: second });
    expect(seen(again)).toEqual(expected);
    await service.sql.count('UPDATE idempotency_keys SET answer = NULL WHERE key = $1', [key.slice(1, -1)]);
    expect(seen(await send('POST', '/v1/webhooks', webhook, { key }))).toEqual(expected);
    expect((await first.send('GET', '/v1/webhooks')).json<{ items: unknown[] }>().items).toHaveLength(1);
    const rows = JSON.stringify(await service.sql.rows('SELECT * FROM idempotency_keys'));
    expect(rows).not.toContain(secret);
  });
});

test('Idempotency-Keys of two callers have nothing to do with each other', async () => {
  const { ref: batchRef } = await stock();
  const create = (name: string, authorization: string, key: string) =>
    send('POST', '/v1/keys', { name, scopes: ['admin'] }, { key, headers: { authorization } });
  const key = newKey();
  const created = await create('one', '', key);
  const one = `Bearer ${created.json<{ key: string }>().key}`;
  const two = `Bearer ${(await create('two', one, newKey())).json<{ key: string }>().key}`;
  const adjust = (authorization: string) =>
    send(
      'POST',
      `/v1/batches/${batchRef}/adjustments`,
      { delta: -1, reason: 'lost' },
      { key, headers: { authorization } },
    );
  expect([
    isReplayed(await adjust(one)),
    isReplayed(await adjust(two)),
    isReplayed(await adjust(one)),
  ]).toEqual([false, false, true]);

  const third = newKey();
  expect((await create('three', one, third)).statusCode).toBe(201);
  const again = await create('three', one, third);
  expect([again.statusCode, kindOf(again)]).toEqual([409, 'shown-once']);
  const rows = JSON.stringify(await service.sql.rows('SELECT * FROM idempotency_keys'));
  expect(rows).not.toMatch(/sak_/);
});
