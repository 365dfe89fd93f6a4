import { DiscoveryService } from '@nestjs/core';
import type { Beginning } from '../../log/contracts';

/** How a handler of events is known to the log. */
export interface LogReaderOptions {
  /**
   * Names the handler for good: what it has had and what it failed on is kept under this name, so that its class may be
   * renamed and moved. Unique in the service.
   */
  readonly name: string;
  /** Where a handler begins that is new: with the oldest event that is retained, or with what comes from now on. */
  readonly beginsWith: Beginning;
  /**
   * Whether it gets the events of each SKU one after the other, in their order. One that it fails on holds back those
   * behind it, of that SKU alone. It gets them from the log, a moment after the commit, and no command waits for it.
   * A handler that changes its mind about this takes another name.
   */
  readonly ordered?: boolean;
}

/**
 * Gives a handler of events its stable name, and says where it begins. A handler without goes by the name of its class,
 * and begins now.
 *
 * A handler is a class with `@EventsHandler(…)` and `handle(event, recorded)`, listed under `providers` of a module:
 *
 * - It has 5 seconds for an event. One that is not done by then counts as failed, and is called again although it may
 *   still be at it; so nothing that it waits for may take longer.
 * - A command waits for its handlers for a second at most. Whoever needs longer, or calls other systems, queues
 *   that (a mail, a row of its own) or asks for `ordered`.
 * - It is called at least once for each event, side by side with other events and on any instance, and in any order
 *   unless `ordered`. `takeNew` and `sequence` are the guards: see docs/write-a-module.md.
 * - When it fails it is called again with growing pauses, 12 times in all, and then that event is a dead letter.
 * - There is one instance of it for as long as the service runs: it must not be request-scoped.
 * - It lies in `entrypoints`, or beside what it feeds (docs/adr/0005-rooms.md), where it may import the contracts of other modules. Its
 *   statements lie in `adapters`.
 *
 * What of this can be checked is checked when the service starts (`checkHandler`).
 */
export const LogReader = DiscoveryService.createDecorator<LogReaderOptions>();
