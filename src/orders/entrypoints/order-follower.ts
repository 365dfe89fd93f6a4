import { CommandBus, EventsHandler } from '@nestjs/cqrs';
import {
  Deallocated,
  Dispatched,
  type DomainEvent,
  type GroupHandler,
  type Recorded,
  type RecordedEventHandler,
  ReservationExpired,
  WaitCancelled,
} from '../../allocation/contracts';
import { LogReader } from '../../messaging/contracts';
import { CloseOrders } from '../application/commands';

type LineLeft = Deallocated | Dispatched | ReservationExpired | WaitCancelled;

/**
 * Hears of lines that are held no more. Whoever gave them back, let them run out or sent them away, one by one: with the
 * last one the order is closed. It looks at how they stand now, so it does not mind order or repetition.
 */
@LogReader({ name: 'orders', beginsWith: 'now' })
@EventsHandler(Deallocated, Dispatched, ReservationExpired, WaitCancelled)
export class OrderFollower implements RecordedEventHandler<LineLeft>, GroupHandler {
  constructor(private readonly commands: CommandBus) {}

  async handle(_event: LineLeft, recorded: Recorded): Promise<void> {
    await this.handleAll([recorded]);
  }

  /** Together, since a batch that is lost lets go of a hundred thousand lines at once. */
  async handleAll(events: readonly Recorded[]): Promise<void> {
    const orderIds = new Set<string>();
    for (const { event } of events) if (hasLeft(event)) orderIds.add(event.orderId);
    if (orderIds.size > 0) await this.commands.execute(new CloseOrders([...orderIds]));
  }
}

function hasLeft(event: DomainEvent): event is LineLeft {
  if (event instanceof Deallocated) return event.reason !== 'moved';
  return event instanceof Dispatched || event instanceof ReservationExpired || event instanceof WaitCancelled;
}
