import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Counter, type Gauge, Registry } from 'prom-client';
import type { Diagnostics } from '../diagnostics';
import { Trouble } from '../trouble';
import { withTimeout } from '../with-timeout';

/** How long values may take that are asked for, in milliseconds: less than the ten seconds for which Prometheus waits. */
const ANSWER_MS = 3_000;

interface Asked {
  readonly of: string;
  readonly gauges: readonly Gauge[];
  readonly ask: () => Promise<void>;
  readonly trouble: Trouble;
}

/**
 * The metrics of this instance. A module brings its own, in a provider of its own: it registers them with `registry`
 * (`registers: [metrics.registry]`), and counts by listening to a channel, or has values asked for.
 */
@Injectable()
export class Metrics implements OnApplicationShutdown {
  /** The registry of this application alone; prom-client's own is shared by the whole process. */
  readonly registry = new Registry();
  private readonly logger = new Logger(Metrics.name);
  private readonly asked: Asked[] = [];
  private readonly unsubscriptions: (() => void)[] = [];
  private readonly failures = new Counter({
    name: 'stock_allocation_metrics_failures_total',
    help: 'How often values could not be asked for, which are missing then.',
    labelNames: ['of'],
    registers: [this.registry],
  });
  private collection?: Promise<void>;

  /** Listens to a channel for as long as the application runs. */
  listen<Message>(channel: Diagnostics<Message>, listener: (message: Message) => void): void {
    channel.subscribe(listener);
    this.unsubscriptions.push(() => channel.unsubscribe(listener));
  }

  /**
   * Has values asked for whenever metrics are read. Those that cannot be had are left out, and do not keep the others.
   * @param of names them in the log, and in the metric of failures
   * @param gauges which are emptied before
   * @param ask sets them; a query that many rows do not make slow
   */
  whenRead(of: string, gauges: readonly Gauge[], ask: () => Promise<void>): void {
    this.failures.inc({ of }, 0);
    const trouble = new Trouble(this.logger, `Metrics of ${of} are missing: they could not be asked for`);
    this.asked.push({ of, gauges, ask, trouble });
  }

  /** All metrics, in the text format of Prometheus. Who reads at the same time shares what is asked for. */
  async read(): Promise<string> {
    this.collection ??= this.collect().finally(() => (this.collection = undefined));
    await this.collection;
    return this.registry.metrics();
  }

  onApplicationShutdown(): void {
    for (const unsubscribe of this.unsubscriptions) unsubscribe();
  }

  private async collect(): Promise<void> {
    await Promise.all(this.asked.map((asked) => this.askFor(asked)));
  }

  private async askFor(asked: Asked): Promise<void> {
    for (const gauge of asked.gauges) gauge.reset();
    try {
      await withTimeout(ANSWER_MS, asked.ask());
      asked.trouble.end();
    } catch (error) {
      for (const gauge of asked.gauges) gauge.reset();
      this.failures.inc({ of: asked.of });
      asked.trouble.begin(error);
    }
  }
}
