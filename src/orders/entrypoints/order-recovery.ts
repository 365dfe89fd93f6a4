import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { pauseBetween } from '../../backoff';
import { runWithCorrelation } from '../../correlation';
import { Polling } from '../../polling';
import { OrderProcess } from '../application/order-process';
import { Orders, Superseded, type TakenOver } from '../application/orders';
import { Trouble } from '../../trouble';

/** Between two looks, in milliseconds. */
const POLL_MS = 1_000;
/** Orders that are gone on with at once. */
const CONCURRENCY = 16;
/** Orders that are remembered as failing, at most; then their pauses begin anew. */
const MOST_FAILURES = 10_000;
/** Pauses before an order is tried again that could not be gone on with: the first, and the longest. */
const PAUSES_MS = [1_000, 300_000] as const;

/**
 * Goes on with orders that nobody goes on with, since whoever did has died, or met with something that may pass. Any
 * number of instances do so; each order is taken over by one.
 */
@Injectable()
export class OrderRecovery implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(OrderRecovery.name);
  private readonly polling = new Polling(() => this.round());
  /** How often an order could not be gone on with here; others may have finished it since. */
  private readonly failures = new Map<string, number>();
  private readonly trouble = new Trouble(
    this.logger,
    'Could not look for orders to go on with; trying again',
  );

  constructor(
    private readonly orders: Orders,
    private readonly process: OrderProcess,
  ) {}

  onApplicationBootstrap(): void {
    this.polling.start(POLL_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.polling.stop();
  }

  /** @returns the pause until the next round, in milliseconds */
  private async round(): Promise<number> {
    try {
      const since = performance.now();
      const orders = await this.orders.takeOver(CONCURRENCY);
      await Promise.all(orders.map((taken) => this.goOnWith(taken, since)));
      if (this.failures.size > MOST_FAILURES) this.failures.clear();
      this.trouble.end();
      return orders.length === CONCURRENCY ? 0 : POLL_MS;
    } catch (error) {
      this.trouble.begin(error);
      return POLL_MS;
    }
  }

  private async goOnWith({ order, correlation }: TakenOver, since: number): Promise<void> {
    try {
      const { step } = await runWithCorrelation(correlation, () => this.process.goOnWith(order, since));
      this.failures.delete(order.id);
      this.logger.log({ orderId: order.id }, `Went on with an order that was ${order.step}; it is ${step}`);
    } catch (error) {
      // Whoever went on with it meanwhile has stored it; otherwise it is due again when its lease ends, or earlier.
      if (error instanceof Superseded) {
        this.failures.delete(order.id);
        return;
      }
      const failures = (this.failures.get(order.id) ?? 0) + 1;
      this.failures.set(order.id, failures);
      await this.orders.putOff(order, pauseBetween(...PAUSES_MS, failures));
      this.logger.warn(
        { err: error, orderId: order.id },
        `Could not go on with an order that is ${order.step}`,
      );
    }
  }
}
