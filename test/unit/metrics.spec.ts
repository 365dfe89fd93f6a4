import { Counter, Gauge } from 'prom-client';
import { diagnostics } from '../../src/diagnostics';
import { Metrics } from '../../src/metrics/metrics';
import { Unavailable } from '../../src/unavailable';

let metrics: Metrics;
beforeEach(() => void (metrics = new Metrics()));
afterEach(() => metrics.onApplicationShutdown());

const gauge = (name: string) => new Gauge({ name, help: name, registers: [metrics.registry] });

test('values are asked for whenever metrics are read', async () => {
  const stock = gauge('stock');
  let pieces = 0;
  metrics.whenRead('stock', [stock], async () => stock.set((pieces += 1)));
  expect(await metrics.read()).toContain('\nstock 1\n');
  expect(await metrics.read()).toContain('\nstock 2\n');
});

test('values that cannot be had are missing, are counted, and keep no others', async () => {
  const [away, there] = [gauge('away'), gauge('there')];
  away.set(47);
  metrics.whenRead('what is away', [away], () =>
    Promise.reject(new Unavailable('Away', { announced: true })),
  );
  metrics.whenRead('what is there', [there], async () => there.set(1));
  const text = await metrics.read();
  expect(text).not.toContain('47');
  expect(text).toContain('\nthere 1\n');
  expect(text).toContain('stock_allocation_metrics_failures_total{of="what is away"} 1');
  expect(text).toContain('stock_allocation_metrics_failures_total{of="what is there"} 0');
});

test('who reads at the same time shares what is asked for', async () => {
  const stock = gauge('stock');
  let asked = 0;
  metrics.whenRead('stock', [stock], async () => stock.set((asked += 1)));
  await Promise.all([metrics.read(), metrics.read(), metrics.read()]);
  expect(asked).toBe(1);
});

test('a channel is listened to until the application ends, and costs nothing after that', () => {
  const channel = diagnostics<number>('test');
  const sum = new Counter({ name: 'sum', help: 'sum', registers: [metrics.registry] });
  expect(channel.hasSubscribers).toBe(false);
  metrics.listen(channel, (value) => sum.inc(value));
  channel.publish(2);
  expect(channel.hasSubscribers).toBe(true);
  metrics.onApplicationShutdown();
  expect(channel.hasSubscribers).toBe(false);
});
