import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { CommandBus, EventsHandler } from '@nestjs/cqrs';
import {
  type ByEventType,
  type DomainEvent,
  type EventType,
  eventTypes,
  forEvent,
  type GroupHandler,
  type Recorded,
  type RecordedEventHandler,
} from '../../allocation/contracts';
import { LogReader } from '../../messaging/contracts';
import { Polling } from '../../polling';
import { CloseOrders } from '../application/commands';

/** When orders are looked at again for which something is under way, in milliseconds. */
const LOOK_AGAIN_MS = 1_000;

const none = () => undefined;
const itsOrder = ({ orderId }: { readonly orderId: string }) => orderId;

/** The order of which a line is held no more after the event. */
const ordersLeft: ByEventType<[], string | undefined> = {
  BatchCreated: none,
  BatchQuantityChanged: none,
  StockAdjusted: none,
  BatchArrived: none,
  BatchEtaChanged: none,
  Allocated: none,
  Reserved: none,
  ReservationExtended: none,
  ReservationConfirmed: none,
  ReservationExpired: itsOrder,
  Deallocated: ({ orderId, reason }) => (reason === 'moved' ? undefined : orderId),
  OutOfStock: none,
  Waitlisted: none,
  WaitCancelled: itsOrder,
  Dispatched: itsOrder,
  TermsChanged: none,
  PromiseChanged: none,
};
const leavingTypes = (Object.keys(ordersLeft) as EventType[]).filter((type) => ordersLeft[type] !== none);

/**
 * Closes orders whose last line was given back, expired or dispatched, by whatever command. Looks at the lines as they
 * are now, so order and repetition of events do not matter.
 */
@LogReader({ name: 'orders', beginsWith: 'now' })
@EventsHandler(...leavingTypes.map((type) => eventTypes[type]))
export class OrderFollower
  implements RecordedEventHandler, GroupHandler, OnApplicationBootstrap, BeforeApplicationShutdown
{
  /** Orders for which something was under way when they were looked at. */
  private readonly unfinished = new Set<string>();
  private readonly polling = new Polling(() => this.lookAgain());

  constructor(private readonly commands: CommandBus) {}

  onApplicationBootstrap(): void {
    this.polling.start(LOOK_AGAIN_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.polling.stop();
  }

  async handle(_event: DomainEvent, recorded: Recorded): Promise<void> {
    await this.handleAll([recorded]);
  }

  /** Together, since a batch that is lost lets go of a hundred thousand lines at once. */
  async handleAll(events: readonly Recorded[]): Promise<void> {
    const orderIds = new Set<string>();
    for (const { event } of events) {
      const orderId = forEvent(ordersLeft, event);
      if (orderId !== undefined) orderIds.add(orderId);
    }
    await this.close(orderIds);
  }

  private async close(orderIds: ReadonlySet<string>): Promise<void> {
    if (orderIds.size === 0) return;
    const unfinished = await this.commands.execute(new CloseOrders([...orderIds]));
    for (const orderId of unfinished) this.unfinished.add(orderId);
  }

  private async lookAgain(): Promise<number> {
    const orderIds = new Set(this.unfinished);
    this.unfinished.clear();
    // What cannot be looked at now is looked at next time.
    await this.close(orderIds).catch(() => orderIds.forEach((orderId) => this.unfinished.add(orderId)));
    return LOOK_AGAIN_MS;
  }
}
