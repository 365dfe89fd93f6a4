import type { StockClient } from './client.ts';
import type { EventType, StockEvent } from './events.ts';
import { pause, withJitter } from './pause.ts';
import { answerOf, ProblemError } from './problem.ts';

const LIMIT = 1000;
const WAIT_S = 30;
/** After a request that came to nothing in all its tries. */
const PAUSE_MS = 5_000;

export interface FollowOptions {
  /** The `next` of an earlier page; `now`: what happens from now on. Left out: from the oldest event that is kept. */
  readonly after?: string;
  /** Only events of these types. */
  readonly types?: readonly EventType[];
  /** Only events of these SKUs. */
  readonly skus?: readonly string[];
  /** Ends the iteration, which throws its reason. */
  readonly signal?: AbortSignal;
}

/** What has happened, in the order of the log, and where to go on. */
export interface EventsPage {
  /** May be none: then others happened than those that were asked for, or none at all. */
  readonly events: readonly StockEvent[];
  /** The position behind them. Store it together with what you made of the events. */
  readonly next: string;
}

/**
 * What happens, for as long as you iterate: `for await (const { events, next } of follow(stock, { after }))`. Nothing is
 * missed and nothing comes twice, whatever becomes of connections and instances meanwhile: the next page is asked for by the
 * position behind the one before, until there is one. The answer is held up to 30 s until something happens.
 * @throws PositionExpired when the position is behind what is kept, or of another database
 * @throws ProblemError when the service refuses it, such as for want of a key
 */
export async function* follow(
  client: StockClient,
  { after, types = [], skus = [], signal }: FollowOptions = {},
): AsyncGenerator<EventsPage, never, undefined> {
  const filter = { type: [...types], sku: [...skus] };
  let position = after;
  for (;;) {
    // "Now" must not be later when the request has to be sent again, so it is made a position before anything is waited for.
    const wait = position === 'now' ? 0 : WAIT_S;
    const query = { ...filter, after: position, limit: LIMIT, wait };
    let page: EventsPage;
    try {
      page = await answerOf(client.GET('/v1/events', { params: { query }, signal }));
    } catch (error) {
      if (signal?.aborted || isRefusal(error)) throw error;
      await pause(withJitter(PAUSE_MS), signal);
      continue;
    }
    position = page.next;
    yield page;
  }
}

/** Whether it would be refused again, too: not when the service is down, busy or broken. */
function isRefusal(error: unknown): boolean {
  return error instanceof ProblemError && error.status < 500 && error.status !== 429;
}
