import type { CommitPublisher, Recorded } from '../../src/allocation/contracts';
import { eventTypeOf } from '../../src/allocation/domain/events';

/** An EventBus that remembers what was published and has no handlers. */
export class RecordingEventBus implements CommitPublisher {
  readonly events: Recorded[] = [];

  publishAll(events: readonly Recorded[]): Promise<ReadonlySet<string>> {
    for (const event of events) this.events.push(event);
    return Promise.resolve(new Set<string>());
  }

  published(sku: string): Recorded[] {
    return this.events.filter(({ event }) => event.sku === sku);
  }

  typesOf(sku: string): string[] {
    return this.published(sku).map(({ event }) => eventTypeOf(event));
  }
}
