import { randomUUID } from 'node:crypto';
import { HttpApp } from '../support/http-app';
import { randomOrderId, randomRef, randomSku } from '../support/random-refs';
import { Stopwatch } from '../support/stalls';
import { TcpProxy } from '../support/tcp-proxy';

test('every request is answered within ten seconds while the database hangs, and served again afterwards', async () => {
  let proxy!: TcpProxy;
  const http = await HttpApp.start(async (url) => (proxy = await TcpProxy.to(url)).url);
  try {
    const [sku, batchRef] = [randomSku(), randomRef()];
    await http.post('/v1/batches', { ref: batchRef, sku, qty: 100 });
    const hook = await http.post('/v1/webhooks', { url: 'https://shop.example/events' });
    const { id } = hook.json<{ id: string }>();
    await http.post('/v1/allocations', { orderId: 'held', sku, qty: 1 });
    const lines = [{ sku, qty: 1 }];
    for (const orderId of ['placed', 'reserved'])
      await http.post('/v1/orders', { orderId, lines, reserveFor: orderId === 'reserved' ? 600 : undefined });
    // Nobody has it: with any key that was made, those of later waves would be refused for want of a look at it.
    const keyId = randomUUID();
    proxy.freeze();
    const watch = new Stopwatch();
    const timed = async (name: string, asked: Promise<{ statusCode: number }>) => {
      const begin = watch.ms;
      const { statusCode } = await asked;
      return { name, statusCode, isInTime: watch.ms - begin < 10_000 };
    };
    const line = () => ({ orderId: randomOrderId(), sku, qty: 1 });
    const asked = () => [
      ...Array.from({ length: 100 }, () => timed('allocate', http.post('/v1/allocations', line()))),
      timed('cut', http.send('PATCH', `/v1/batches/${batchRef}`, { qty: 5 })),
      timed('reserve', http.post('/v1/allocations', { ...line(), reserveFor: 60 })),
      timed('confirm', http.post(`/v1/allocations/held/${sku}/confirm`)),
      timed('dispatch', http.post(`/v1/allocations/held/${sku}/dispatch`)),
      timed('give back', http.send('DELETE', `/v1/allocations/held/${sku}`)),
      timed('explain', http.post('/v1/allocations/explain', line())),
      timed('arrive', http.post(`/v1/batches/${batchRef}/arrive`)),
      timed('adjust', http.post(`/v1/batches/${batchRef}/adjustments`, { delta: -1, reason: 'lost' })),
      timed('webhook', http.post('/v1/webhooks', { url: 'https://shop.example/others' })),
      timed('change a webhook', http.send('PATCH', `/v1/webhooks/${id}`, { enabled: false })),
      timed('test a webhook', http.post(`/v1/webhooks/${id}/test`)),
      timed('replay a webhook', http.post(`/v1/webhooks/${id}/replay`, { since: '2030-01-01T00:00:00Z' })),
      timed('delete a webhook', http.send('DELETE', `/v1/webhooks/${id}`)),
      timed('replay a reader', http.post('/v1/readers/views/replay')),
      timed('readers', http.get('/v1/readers')),
      timed('replay dead letters', http.post('/v1/dead-letters/replay')),
      timed('movements', http.get(`/v1/batches/${batchRef}/movements`)),
      timed('events', http.get('/v1/events?wait=30')),
      timed('create', http.post('/v1/batches', { ref: randomRef(), sku: randomSku(), qty: 1 })),
      timed('availability', http.get(`/v1/availability/${sku}`)),
      timed('order', http.get('/v1/allocations/o')),
      timed('batch', http.get(`/v1/batches/${batchRef}`)),
      timed('out of stock', http.get('/v1/out-of-stock')),
      timed('dead letters', http.get('/v1/dead-letters')),
      timed('ready', http.get('/health/ready')),
      timed('place an order', http.post('/v1/orders', { orderId: randomOrderId(), lines })),
      timed('place an order again', http.post('/v1/orders', { orderId: 'placed', lines })),
      timed('look at an order', http.get('/v1/orders/placed')),
      timed('confirm an order', http.post('/v1/orders/reserved/confirm')),
      timed('dispatch an order', http.post('/v1/orders/placed/dispatch')),
      timed('cancel an order', http.send('DELETE', '/v1/orders/placed')),
      timed('change an order', http.send('PATCH', `/v1/orders/placed/lines/${sku}`, { qty: 2 })),
      timed('forget a customer', http.send('DELETE', '/v1/customers/jo')),
      timed('look at a customer', http.get('/v1/customers/jo')),
      timed('keys', http.get('/v1/keys')),
      timed('make a key', http.post('/v1/keys', { name: randomRef(), scopes: ['read'] })),
      timed('rotate a key', http.post(`/v1/keys/${keyId}/rotate`)),
      timed('revoke a key', http.send('DELETE', `/v1/keys/${keyId}`)),
      timed(
        'allocate with an Idempotency-Key',
        http.send('POST', '/v1/allocations', line(), { 'idempotency-key': randomRef() }),
      ),
      timed(
        'place an order with an Idempotency-Key',
        http.send(
          'POST',
          '/v1/orders',
          { orderId: randomOrderId(), lines },
          { 'idempotency-key': randomRef() },
        ),
      ),
    ];
    // In waves, so that some wait behind others that wait.
    const waves = [...asked()];
    for (let wave = 2; wave <= 4; wave += 1) {
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      waves.push(...asked());
    }
    const answers = await Promise.all(waves);
    watch.stop();
    expect(answers.filter(({ statusCode, isInTime }) => statusCode !== 503 || !isInTime)).toEqual([]);

    proxy.open();
    expect((await http.post('/v1/allocations', line())).statusCode).toBe(202);
  } finally {
    proxy.open();
    await http.stop();
    await proxy.stop();
  }
});
