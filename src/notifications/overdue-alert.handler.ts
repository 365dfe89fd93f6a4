import { EventsHandler } from '@nestjs/cqrs';
import {
  BatchArrived,
  BatchCreated,
  BatchEtaChanged,
  type Recorded,
  type RecordedEventHandler,
} from '../allocation/contracts';
import { LogReader } from '../messaging/contracts';
import { OverdueAlertQueue } from './overdue-alert-queue';

type ArrivalEvent = BatchCreated | BatchEtaChanged | BatchArrived;

/** Knows which batches are expected, so that the buyers are told when one does not come. */
@LogReader({ name: 'overdue-alerts', beginsWith: 'beginning' })
@EventsHandler(BatchCreated, BatchEtaChanged, BatchArrived)
export class OverdueAlertHandler implements RecordedEventHandler<ArrivalEvent> {
  constructor(private readonly alerts: OverdueAlertQueue) {}

  async handle(event: ArrivalEvent, { sequence }: Recorded<ArrivalEvent>): Promise<void> {
    const { batchRef: ref, sku } = event;
    const eta = event instanceof BatchArrived ? null : event.eta;
    // What is in the warehouse from the beginning was never expected.
    if (event instanceof BatchCreated && eta === null) return;
    await this.alerts.note({ ref, sku, eta, sequence });
  }
}
