import { EventsHandler } from '@nestjs/cqrs';
import {
  BatchArrived,
  BatchCreated,
  BatchQuantityChanged,
  OutOfStock,
  type Recorded,
  type RecordedEventHandler,
  StockAdjusted,
} from '../../allocation/contracts';
import { LogReader } from '../../messaging/contracts';
import type { StockChange } from './stock-alert';
import { StockAlertQueue } from './stock-alert-queue';

type StockEvent = BatchCreated | BatchQuantityChanged | StockAdjusted | BatchArrived | OutOfStock;

/**
 * Tells the buyers what is out of stock. Whoever publishes the event waits for a mail to be queued, but
 * never for it to be sent.
 */
@LogReader({ name: 'stock-alerts', beginsWith: 'now' })
@EventsHandler(BatchCreated, BatchQuantityChanged, StockAdjusted, BatchArrived, OutOfStock)
export class StockAlertHandler implements RecordedEventHandler<StockEvent> {
  constructor(private readonly alerts: StockAlertQueue) {}

  async handle(_event: StockEvent, recorded: Recorded<StockEvent>): Promise<void> {
    const change = stockChange(recorded);
    if (change) await this.alerts.note(change);
  }
}

function stockChange({
  id,
  sequence,
  occurredAt,
  correlationId,
  event,
}: Recorded<StockEvent>): StockChange | undefined {
  const { sku } = event;
  if (event instanceof OutOfStock) {
    const { orderId, qty, available } = event;
    const refusal = {
      eventId: id,
      orderId,
      qty,
      available,
      occurredAt: occurredAt.toISOString(),
      correlationId,
    };
    return { sku, sequence, refusal };
  }
  const hasArrived = event instanceof BatchCreated || event.qty > event.previousQty;
  return hasArrived ? { sku, sequence } : undefined;
}
