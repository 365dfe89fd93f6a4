import { EventsHandler } from '@nestjs/cqrs';
import {
  BatchArrived,
  BatchCreated,
  BatchEtaChanged,
  BatchQuantityChanged,
  type Recorded,
  type RecordedEventHandler,
  StockAdjusted,
} from '../../allocation/contracts';
import { LogReader } from '../../messaging/contracts';
import { OverdueAlertQueue } from './overdue-alert-queue';

type ArrivalEvent = BatchCreated | BatchEtaChanged | BatchArrived | BatchQuantityChanged | StockAdjusted;

/** Knows which batches are expected, so that the buyers are told when one does not come. */
@LogReader({ name: 'overdue-alerts', beginsWith: 'beginning' })
@EventsHandler(BatchCreated, BatchEtaChanged, BatchArrived, BatchQuantityChanged, StockAdjusted)
export class OverdueAlertHandler implements RecordedEventHandler<ArrivalEvent> {
  constructor(private readonly alerts: OverdueAlertQueue) {}

  async handle(event: ArrivalEvent, { sequence }: Recorded<ArrivalEvent>): Promise<void> {
    const { batchRef, sku } = event;
    // What is in the warehouse from the beginning was never expected.
    if (event instanceof BatchCreated && event.eta === null) return;
    const eta = event instanceof BatchArrived ? null : 'eta' in event ? event.eta : undefined;
    const qty = 'qty' in event ? event.qty : undefined;
    await this.alerts.note({ ref: batchRef, sku, eta, qty, sequence });
  }
}
