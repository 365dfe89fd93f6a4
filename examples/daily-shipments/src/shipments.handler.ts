import { EventsHandler } from '@nestjs/cqrs';
import { Dispatched, type Recorded, type RecordedEventHandler } from 'stock-allocation/allocation';
import { LogReader } from 'stock-allocation/messaging';
import { DailyShipments, SHIPMENTS } from './daily-shipments';

@LogReader({ name: SHIPMENTS, beginsWith: 'beginning' })
@EventsHandler(Dispatched)
export class ShipmentsHandler implements RecordedEventHandler<Dispatched> {
  constructor(private readonly shipments: DailyShipments) {}

  async handle(_event: Dispatched, recorded: Recorded<Dispatched>): Promise<void> {
    await this.shipments.add(recorded);
  }
}
