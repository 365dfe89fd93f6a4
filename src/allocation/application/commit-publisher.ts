import type { Recorded } from './recorded';

/**
 * Tells of what was committed. This is the EventBus, which has it from whoever delivers events in this process. Where files
 * are the store nobody looks at the answer, and it is that of Nest itself.
 */
export abstract class CommitPublisher {
  /**
   * Tells of the events of a commit, those of a SKU in their order. Never rejects: what a handler throws is not the
   * concern of whoever has committed.
   * @returns the SKUs with events that not all handlers have had in time
   */
  abstract publishAll(events: readonly Recorded[]): Promise<ReadonlySet<string>>;
}
