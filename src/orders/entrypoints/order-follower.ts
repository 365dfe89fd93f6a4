import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
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
import { Polling } from '../../polling';
import { CloseOrders } from '../application/commands';

/** When orders are looked at again for which something is under way, in milliseconds. */
const LOOK_AGAIN_MS = 1_000;

type LineLeft = Deallocated | Dispatched | ReservationExpired | WaitCancelled;

/**
 * Hears of lines that are held no more. Whoever gave them back, let them run out or sent them away, one by one: with the
 * last one the order is closed. It looks at how they stand now, so it does not mind order or repetition.
 */
@LogReader({ name: 'orders', beginsWith: 'now' })
@EventsHandler(Deallocated, Dispatched, ReservationExpired, WaitCancelled)
export class OrderFollower
  implements RecordedEventHandler<LineLeft>, GroupHandler, OnApplicationBootstrap, BeforeApplicationShutdown
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

  async handle(_event: LineLeft, recorded: Recorded): Promise<void> {
    await this.handleAll([recorded]);
  }

  /** Together, since a batch that is lost lets go of a hundred thousand lines at once. */
  async handleAll(events: readonly Recorded[]): Promise<void> {
    const orderIds = new Set<string>();
    for (const { event } of events) if (hasLeft(event)) orderIds.add(event.orderId);
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

function hasLeft(event: DomainEvent): event is LineLeft {
  if (event instanceof Deallocated) return event.reason !== 'moved';
  return event instanceof Dispatched || event instanceof ReservationExpired || event instanceof WaitCancelled;
}
