import type { EventFilter } from '../event-log';
import type { LoggedEvent, StoredEvent } from '../stored-event';

/** Whoever wants the events of each SKU one after the other, in their order. */
export interface OrderedReader {
  /** Under which it is registered with `Readers`. */
  readonly name: string;
  /** The events that it wants. */
  readonly filter: EventFilter;

  /** Called when this instance begins to read for it, before it is looked what of its events waits. */
  begin?(): Promise<void>;

  /**
   * Hands an event over. Events of other SKUs come at the same time, those behind this one of its SKU only when it
   * resolves. An event may come again that was handed over before.
   * @throws TryLater when nothing can be handed over for a while; ReaderDisabled when nothing is to be; anything else when
   *   this event failed: then only its SKU waits. An event for which TryLater is thrown again has failed, too
   */
  deliver(event: DeliveredEvent, attempt: DeliveryAttempt): Promise<void>;

  /**
   * When an event that failed is to be tried again.
   * @param attempts so many have failed, from 1
   * @param failingForMs how long ago the first of them was
   * @returns the pause in milliseconds, or that it is not to be tried again: then it becomes a dead letter, and its SKU
   *   goes on behind it
   */
  pauseAfter(attempts: number, failingForMs: number): number | 'give up';
}

/** An event that is handed over. A dead letter has no position: the log may not retain it any more. */
export type DeliveredEvent = StoredEvent & Partial<Pick<LoggedEvent, 'position'>>;

export interface DeliveryAttempt {
  /** Counts the attempts for this event, from 1. */
  readonly number: number;
  /** Aborted when another instance may read for the reader: whatever is under way has to end. */
  readonly signal: AbortSignal;
}

/**
 * Nothing can be handed to the reader for a while. No attempt is counted, and its position stays. Thrown again for the same
 * event it counts as a failure of that: its SKU waits as long as is asked for, and others go on.
 */
export class TryLater extends Error {
  /** @param afterMs the pause, in milliseconds */
  constructor(
    message: string,
    readonly afterMs: number,
  ) {
    super(message);
  }
}

/**
 * Nothing is to be handed to the reader until it is looked up anew. No event has failed by that, and none is given up: all
 * stay where they are.
 */
export class ReaderDisabled extends Error {}

/** Whether a reader wants an event. */
export function isWanted({ types, exceptTypes, skus }: EventFilter, { type, sku }: LoggedEvent): boolean {
  return (!types || types.includes(type)) && !exceptTypes?.includes(type) && (!skus || skus.includes(sku));
}
