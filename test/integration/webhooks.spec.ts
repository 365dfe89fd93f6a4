import { HttpApp } from '../support/http-app';
import { until } from '../support/until';
import { isSignedBy, WebhookReceiver } from '../support/webhook-receiver';

let app: HttpApp;
const receivers: WebhookReceiver[] = [];

beforeAll(async () => {
  app = await HttpApp.start(undefined, { WEBHOOKS_ALLOW_PRIVATE: 'true' });
});
afterEach(async () => {
  for (const { id } of (await app.get('/v1/webhooks')).json<{ items: { id: string }[] }>().items)
    await app.send('DELETE', `/v1/webhooks/${id}`);
  await Promise.all(receivers.splice(0).map((receiver) => receiver.stop()));
});
afterAll(() => app.stop());

async function receiver(): Promise<WebhookReceiver> {
  const started = await WebhookReceiver.start();
  receivers.push(started);
  return started;
}

test('an event is posted to an endpoint as a signed CloudEvent', async () => {
  const one = await receiver();
  const created = await app.post('/v1/webhooks', { url: one.url });
  expect(created.statusCode).toBe(201);
  const { id, secret } = created.json<{ id: string; secret: string }>();
  expect(created.headers.location).toBe(`/v1/webhooks/${id}`);
  expect(secret).toMatch(/^whsec_[A-Za-z\d+/]{43}=$/);
  expect((await app.post('/v1/batches', { ref: 'b1', sku: 'SMALL-TABLE', qty: 10 })).statusCode).toBe(201);
  await until(() => one.received.length > 0);
  const [received] = one.received;
  expect(received.event).toMatchObject({
    specversion: '1.0',
    source: '/stock-allocation',
    type: 'allocation.BatchCreated.v1',
    subject: 'SMALL-TABLE',
    sequence: '0000000000000000001',
    data: { batchRef: 'b1', qty: 10 },
  });
  expect(received.headers).toMatchObject({
    'content-type': 'application/cloudevents+json; charset=utf-8',
    'webhook-id': received.event.id,
  });
  expect(isSignedBy(secret, received)).toBe(true);
  expect(isSignedBy('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw9rGhZCXjFU4=', received)).toBe(false);
});
