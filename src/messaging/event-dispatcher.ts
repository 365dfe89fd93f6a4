import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { EventBus, type IEventHandler, type IEventPublisher } from '@nestjs/cqrs';
import type { Recorded } from '../allocation/contracts';
import { correlated } from '../correlation';

/** Where `@EventsHandler` keeps the event classes of a handler; the package does not export the name. */
const EVENTS_HANDLER_METADATA = '__eventsHandler__';

/**
 * Hands events to their handlers. The EventBus's own way returns before the handlers have run and leaves
 * a handler dead that threw; this one waits for all of them, and each fails alone.
 */
@Injectable()
export class EventDispatcher implements IEventPublisher<Recorded>, OnApplicationBootstrap {
  private readonly logger = new Logger(EventDispatcher.name);
  private readonly handlers = new Map<unknown, IEventHandler<Recorded>[]>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly eventBus: EventBus<Recorded>,
  ) {}

  onApplicationBootstrap(): void {
    for (const { instance, metatype } of this.discovery.getProviders()) {
      if (!metatype || !instance) continue;
      const events = (Reflect.getMetadata(EVENTS_HANDLER_METADATA, metatype) ?? []) as unknown[];
      for (const event of events) {
        const handlers = this.handlers.get(event) ?? [];
        this.handlers.set(event, [...handlers, instance as IEventHandler<Recorded>]);
      }
    }
    this.eventBus.publisher = this;
  }

  async publish(recorded: Recorded): Promise<void> {
    const handlers = this.handlers.get(recorded.event.constructor) ?? [];
    await Promise.all(handlers.map((handler) => this.deliver(recorded, handler)));
  }

  async publishAll(events: Recorded[]): Promise<void> {
    await Promise.all(events.map((event) => this.publish(event)));
  }

  private async deliver(recorded: Recorded, handler: IEventHandler<Recorded>): Promise<void> {
    const { id, correlationId } = recorded;
    try {
      await correlated({ correlationId, causationId: id }, () => handler.handle(recorded));
    } catch (error) {
      this.logger.error(
        { err: error, eventId: id, requestId: correlationId },
        `${handler.constructor.name} failed to handle ${recorded.event.constructor.name}`,
      );
    }
  }
}
