import { CommandBus, EventsHandler } from '@nestjs/cqrs';
import {
  Deallocated,
  Dispatched,
  type RecordedEventHandler,
  ReservationExpired,
  WaitCancelled,
} from '../../allocation/contracts';
import { LogReader } from '../../messaging/contracts';
import { CloseOrder } from '../application/commands';

type LineLeft = Deallocated | Dispatched | ReservationExpired | WaitCancelled;

/**
 * Hears of lines that are held no more. Whoever gave them back, let them run out or sent them away, one by one: with the
 * last one the order is closed. It looks at how they stand now, so it does not mind order or repetition.
 */
@LogReader({ name: 'orders', beginsWith: 'now' })
@EventsHandler(Deallocated, Dispatched, ReservationExpired, WaitCancelled)
export class OrderFollower implements RecordedEventHandler<LineLeft> {
  constructor(private readonly commands: CommandBus) {}

  async handle(event: LineLeft): Promise<void> {
    if (event instanceof Deallocated && event.reason === 'moved') return;
    await this.commands.execute(new CloseOrder(event.orderId));
  }
}
