import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { collectDefaultMetrics, Counter, Gauge } from 'prom-client';
import { Metrics } from './metrics';

/** How often the event loop is looked at, in milliseconds. */
const RESOLUTION_MS = 10;

/** The process: what prom-client tells of every process of Node, and the event loop by the names of OpenTelemetry. */
@Injectable()
export class ProcessMetrics implements OnApplicationShutdown {
  private readonly delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor(metrics: Metrics) {
    const { registry } = metrics;
    collectDefaultMetrics({ register: registry });
    // Figures of the heap are below, under other names.
    for (const { name } of registry.getMetricsAsArray())
      if (name.startsWith('nodejs_eventloop_lag')) registry.removeSingleMetric(name);

    const gauge = (which: string) =>
      new Gauge({
        name: `nodejs_eventloop_delay_${which}_seconds`,
        help: `By how much the event loop was late since metrics were read before: ${which}.`,
        registers: [registry],
      });
    const [p50, p90, p99, max] = ['p50', 'p90', 'p99', 'max'].map(gauge);
    // The histogram has the time from one look to the next, in nanoseconds.
    const late = (nanoseconds: number) => Math.max(nanoseconds / 1e9 - RESOLUTION_MS / 1e3, 0);
    this.delay.enable();
    metrics.whenRead('event loop', [p50, p90, p99, max], async () => {
      p50.set(late(this.delay.percentile(50)));
      p90.set(late(this.delay.percentile(90)));
      p99.set(late(this.delay.percentile(99)));
      max.set(late(this.delay.max));
      this.delay.reset();
    });
    new Counter({
      name: 'nodejs_eventloop_time_seconds_total',
      help: 'For how long the event loop worked (active) and waited (idle).',
      labelNames: ['nodejs_eventloop_state'],
      registers: [registry],
      collect() {
        const { active, idle } = performance.eventLoopUtilization();
        this.reset();
        this.inc({ nodejs_eventloop_state: 'active' }, active / 1e3);
        this.inc({ nodejs_eventloop_state: 'idle' }, idle / 1e3);
      },
    });
  }

  onApplicationShutdown(): void {
    this.delay.disable();
  }
}
