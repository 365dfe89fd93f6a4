import { DiscoveryService } from '@nestjs/core';
import type { Beginning } from '../log/contracts';

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
 */
export const LogReader = DiscoveryService.createDecorator<LogReaderOptions>();
