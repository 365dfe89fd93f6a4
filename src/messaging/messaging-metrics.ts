import { Injectable } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import { committedEvents } from '../allocation/contracts';
import { Metrics } from '../metrics/contracts';
import { handlerCalls } from './delivery/delivery-diagnostics';
import { CommandConsumer } from './entrypoints/command-consumer';

/** Events, the handlers that get them, and messages that come in. */
@Injectable()
export class MessagingMetrics {
  constructor(metrics: Metrics, consumer: CommandConsumer) {
    const registers = [metrics.registry];
    const events = new Counter({
      name: 'stock_allocation_events_total',
      help: 'Events that were committed by this instance.',
      labelNames: ['type'],
      registers,
    });
    metrics.listen(committedEvents, (committed) => {
      const byType = new Map<string, number>();
      for (const { event } of committed) {
        const type = event.constructor.name;
        byType.set(type, (byType.get(type) ?? 0) + 1);
      }
      for (const [type, count] of byType) events.inc({ type }, count);
    });

    const durations = new Histogram({
      name: 'stock_allocation_handler_duration_seconds',
      help: 'How long a handler of events took, or until it failed.',
      labelNames: ['handler', 'outcome'],
      buckets: [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
      registers,
    });
    metrics.listen(handlerCalls, ({ handler, seconds, failed }) =>
      durations.labels(handler, failed ? 'failed' : 'done').observe(seconds),
    );

    new Counter({
      name: 'stock_allocation_messages_total',
      help: 'Messages from the broker, by what came of them.',
      labelNames: ['outcome'],
      registers,
      collect() {
        this.reset();
        for (const [outcome, count] of Object.entries(consumer.counts)) this.inc({ outcome }, count);
      },
    });
  }
}
