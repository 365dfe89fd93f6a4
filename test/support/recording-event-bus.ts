import type { EventBus } from '@nestjs/cqrs';
import { type Recorded } from '../../src/allocation/contracts';
import { eventTypeOf } from '../../src/allocation/domain/events';

/** An EventBus that remembers what was published and has no handlers. */
export class RecordingEventBus {
  readonly events: Recorded[] = [];

  publishAll(events: Recorded[]): Promise<void> {
    for (const event of events) this.events.push(event);
    return Promise.resolve();
  }

  published(sku: string): Recorded[] {
    return this.events.filter(({ event }) => event.sku === sku);
  }

  typesOf(sku: string): string[] {
    return this.published(sku).map(({ event }) => eventTypeOf(event));
  }

  asEventBus(): EventBus<Recorded> {
    return this as unknown as EventBus<Recorded>;
  }
}
