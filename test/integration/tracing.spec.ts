import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { CommandConsumer } from '../../src/messaging/entrypoints/command-consumer';
import { LINE_ORDERED } from '../../src/messaging/broker/redis-streams-broker';
import { HttpApp } from '../support/http-app';
import { until } from '../support/until';
import { WebhookReceiver } from '../support/webhook-receiver';

const exporter = new InMemorySpanExporter();
const spans = () => exporter.getFinishedSpans();
const CLIENT = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const header = (flags = '01') => `00-${CLIENT.traceId}-${CLIENT.spanId}-${flags}`;

let http: HttpApp;
let receiver: WebhookReceiver;
beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  http = await HttpApp.start(undefined, { WEBHOOKS_ALLOW_PRIVATE: 'true' });
  await http.post('/v1/batches', { ref: 'batch-001', sku: 'SOFA', qty: 100 });
  await http.post('/v1/webhooks', { url: receiver.url, types: ['Allocated'] });
});
afterAll(async () => {
  await http.stop();
  await receiver.stop();
});
afterEach(() => {
  exporter.reset();
});

/** As an SDK does that is loaded before the service. */
function record(): void {
  new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
}

const allocate = (orderId: string, sku: string, traceparent?: string) =>
  http.send('POST', '/v1/allocations', { orderId, sku, qty: 1 }, traceparent ? { traceparent } : {});

/** The one span of that name, of the client's trace unless another is asked for. */
async function spanOf(name: string, isWanted: (span: ReadableSpan) => boolean = isOfClient) {
  const found = () => spans().filter((span) => span.name === name && isWanted(span));
  await until(() => found().length > 0);
  return found()[0];
}
/** What the endpoint got of an order. */
async function notifiedOf(orderId: string) {
  const found = () => receiver.received.find(({ event }) => event.data.orderId === orderId);
  await until(() => found() !== undefined);
  return found()!;
}
const isOfClient = (span: ReadableSpan) => span.spanContext().traceId === CLIENT.traceId;
const idOf = (span: ReadableSpan) => span.spanContext().spanId;
const parentOf = (span: ReadableSpan) => span.parentSpanContext?.spanId;

test('without an SDK nothing is recorded, and the trace of the client goes along', async () => {
  await allocate('order-001', 'SOFA', header());
  const { headers, event } = await notifiedOf('order-001');
  expect([headers.traceparent, event.traceparent]).toEqual([header(), header()]);
  expect(spans()).toEqual([]);
});

describe('with an SDK', () => {
  beforeAll(record);

  test('a request leads to a unit of work, that to a commit, and that to statements', async () => {
    expect((await allocate('order-002', 'SOFA', header())).statusCode).toBe(202);
    const request = await spanOf('POST /v1/allocations');
    expect(parentOf(request)).toBe(CLIENT.spanId);
    expect(request.attributes).toMatchObject({
      'http.response.status_code': 202,
      'url.path': '/v1/allocations',
    });
    const unit = await spanOf('unit of work');
    expect(parentOf(unit)).toBe(idOf(request));
    const commit = await spanOf('commit');
    expect(parentOf(commit)).toBe(idOf(unit));
    const statements = spans().filter((span) => parentOf(span) === idOf(commit));
    expect(statements.map(({ name }) => name)).toEqual(expect.arrayContaining(['BEGIN', 'SELECT', 'COMMIT']));
    expect(JSON.stringify(statements.map(({ attributes }) => attributes))).not.toContain('order-002');
  });

  test('handlers that are called at once belong to the trace', async () => {
    await allocate('order-003', 'NOTHING', header());
    await allocate('order-003', 'SOFA', header());
    const request = await spanOf(
      'POST /v1/allocations',
      ({ attributes }) => attributes['http.response.status_code'] === 202,
    );
    const handled = await spanOf('handle Allocated');
    expect(parentOf(handled)).toBe(idOf(request));
    expect(handled.attributes['stock_allocation.handler']).toBe('views');
  });

  test('a refusal is a failure of its unit, and not of its request', async () => {
    await allocate('order-004', 'NOTHING', header());
    expect((await spanOf('unit of work')).status.message).toBe('Invalid sku NOTHING');
    expect((await spanOf('POST /v1/allocations')).status.message).toBeUndefined();
  });

  test('the trace goes through the log to webhooks, whose posts are traces of their own that are linked with it', async () => {
    await allocate('order-005', 'SOFA', header());
    const { headers, event } = await notifiedOf('order-005');
    const post = await spanOf(
      'post to webhook',
      ({ attributes }) => attributes['messaging.message.id'] === event.id,
    );
    const request = await spanOf('POST /v1/allocations');
    expect(post.links.map((link) => link.context.spanId)).toEqual([idOf(request)]);
    expect(isOfClient(post)).toBe(false);
    expect(headers.traceparent).toBe(`00-${post.spanContext().traceId}-${idOf(post)}-01`);
    expect(event.traceparent).toBe(`00-${CLIENT.traceId}-${idOf(request)}-01`);
  });

  test('units that share a commit are linked with it, and it with them', async () => {
    const clients = [1, 2, 3].map((n) => `00-${CLIENT.traceId.replace('0', String(n))}-${CLIENT.spanId}-01`);
    await Promise.all(clients.map((traceparent, n) => allocate(`order-1${n}`, 'SOFA', traceparent)));
    await until(() => spans().filter(({ name }) => name === 'unit of work').length === 3);
    const units = spans().filter(({ name }) => name === 'unit of work');
    for (const commit of spans().filter(({ name }) => name === 'commit')) {
      const others = units.filter(({ links }) => links.some((link) => link.context.spanId === idOf(commit)));
      expect(commit.links.map((link) => link.context.spanId).toSorted()).toEqual(others.map(idOf).toSorted());
    }
    const led = units.filter((unit) =>
      spans().some((span) => span.name === 'commit' && parentOf(span) === idOf(unit)),
    );
    const shared = units.filter(({ links }) => links.length > 0);
    expect(led.length + shared.length).toBe(3);
    expect(shared.length).toBeGreaterThan(0);
  });

  test('a message belongs to the trace of who sent it', async () => {
    const body = Buffer.from(JSON.stringify({ orderid: 'order-006', sku: 'SOFA', qty: 1 }));
    const message = { id: 'message-001', channel: LINE_ORDERED, body, traceparent: header() };
    await http.app.get(CommandConsumer).consume(message);
    const processed = await spanOf(`process ${LINE_ORDERED}`);
    expect(parentOf(processed)).toBe(CLIENT.spanId);
    expect(parentOf(await spanOf('unit of work'))).toBe(idOf(processed));
    const { event } = await notifiedOf('order-006');
    expect(event.traceparent).toBe(`00-${CLIENT.traceId}-${idOf(processed)}-01`);
  });

  test('what the client has not had recorded is not, here neither', async () => {
    await allocate('order-007', 'SOFA', header('00'));
    const { event } = await notifiedOf('order-007');
    expect(spans().filter(isOfClient)).toEqual([]);
    expect(event.traceparent).toMatch(new RegExp(`^00-${CLIENT.traceId}-[0-9a-f]{16}-00$`));
  });

  test('what the service does by itself does not belong to the request that woke it', async () => {
    await allocate('order-009', 'SOFA', header());
    const request = await spanOf('POST /v1/allocations');
    // By then the event was numbered, and read from the log.
    await notifiedOf('order-009');
    const children = spans().filter((span) => parentOf(span) === idOf(request));
    expect(children.map(({ name }) => name).toSorted()).toEqual(['handle Allocated', 'unit of work']);
  });

  test('health is not recorded, nor is what the service does by itself', async () => {
    await http.get('/health/ready');
    await http.get('/metrics');
    await allocate('order-008', 'SOFA', header());
    await spanOf('POST /v1/allocations');
    const names = spans()
      .filter((span) => parentOf(span) === undefined)
      .map(({ name }) => name);
    expect(names.filter((name) => !/webhook|handle/.test(name))).toEqual([]);
  });
});
