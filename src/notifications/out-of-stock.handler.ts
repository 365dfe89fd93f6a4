import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { OutOfStock, type Recorded } from '../allocation/contracts';
import { Notifications } from './notifications';

@EventsHandler(OutOfStock)
export class TellBuyersOutOfStock implements IEventHandler<Recorded<OutOfStock>> {
  constructor(private readonly notifications: Notifications) {}

  async handle({ event }: Recorded<OutOfStock>): Promise<void> {
    await this.notifications.outOfStock(event.sku);
  }
}
