import { EventsHandler } from '@nestjs/cqrs';
import { BatchEtaChanged, type Recorded, type RecordedEventHandler } from '../../allocation/contracts';
import { LogReader } from '../../messaging/contracts';
import { SlipAlertQueue } from './slip-alert-queue';

/** Tells the buyers of batches that are late, and of the lines that are late with them. */
@LogReader({ name: 'slip-alerts', beginsWith: 'now' })
@EventsHandler(BatchEtaChanged)
export class SlipAlertHandler implements RecordedEventHandler<BatchEtaChanged> {
  constructor(private readonly alerts: SlipAlertQueue) {}

  async handle(event: BatchEtaChanged, recorded: Recorded<BatchEtaChanged>): Promise<void> {
    if (event.eta > event.previousEta) await this.alerts.note(recorded);
  }
}
