import { EventsHandler } from '@nestjs/cqrs';
import {
  BatchCreated,
  BatchQuantityChanged,
  OutOfStock,
  type Recorded,
  type RecordedEventHandler,
} from '../allocation/contracts';
import { LogReader } from '../messaging/contracts';
import { MailSender } from './mail-sender';
import type { StockChange } from './stock-alert';
import { StockAlertQueue } from './stock-alert-queue';

type StockEvent = BatchCreated | BatchQuantityChanged | OutOfStock;

/**
 * Tells the buyers what is out of stock. Whoever publishes the event waits for a mail to be queued, but
 * never for it to be sent. Events that arrive while a transaction is under way share the next one: when
 * a popular product is sold out, thousands of lines are refused each second.
 */
@LogReader({ name: 'stock-alerts', beginsWith: 'now' })
@EventsHandler(BatchCreated, BatchQuantityChanged, OutOfStock)
export class StockAlertHandler implements RecordedEventHandler<StockEvent> {
  private waiting: StockChange[] = [];
  private current: Promise<void> = Promise.resolve();
  private next?: Promise<void>;

  constructor(
    private readonly alerts: StockAlertQueue,
    private readonly sender: MailSender,
  ) {}

  async handle(_event: StockEvent, recorded: Recorded<StockEvent>): Promise<void> {
    const change = stockChange(recorded);
    if (!change) return;
    this.waiting.push(change);
    this.next ??= this.noteWaiting();
    await this.next;
  }

  private async noteWaiting(): Promise<void> {
    await this.current.catch(() => undefined);
    const changes = this.waiting;
    this.waiting = [];
    this.next = undefined;
    this.current = this.note(changes);
    await this.current;
  }

  private async note(changes: readonly StockChange[]): Promise<void> {
    if ((await this.alerts.note(changes)) > 0) this.sender.wake();
  }
}

function stockChange({ id, sequence, occurredAt, event }: Recorded<StockEvent>): StockChange | undefined {
  const { sku } = event;
  if (event instanceof OutOfStock) {
    const { orderId, qty, available } = event;
    const refusal = { eventId: id, orderId, qty, available, occurredAt: occurredAt.toISOString() };
    return { sku, sequence, refusal };
  }
  const hasArrived = event instanceof BatchCreated || event.qty > event.previousQty;
  return hasArrived ? { sku, sequence } : undefined;
}
