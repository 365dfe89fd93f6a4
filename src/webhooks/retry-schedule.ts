import { withJitter } from '../backoff';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The pauses after failed attempts that Standard Webhooks suggests; the last one is repeated. */
const PAUSES = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR];

/** The share by which a pause may be longer, by chance. */
const JITTER = 0.1;

/** After so long a failing event is given up, and an endpoint that took nothing in that time disabled. */
export const GIVE_UP_AFTER_MS = 5 * DAY;

/** The shortest and the longest pause that a receiver may ask for. */
const SHORTEST_WISH = PAUSES[0];
const LONGEST_WISH = DAY;

/** An endpoint that takes nothing for so long is about to be disabled: by the database, whose clock alone counts. */
const FAILS_FOR_LONG_MS = GIVE_UP_AFTER_MS - HOUR;

/** @param failingSince when the endpoint took nothing for the first time; null: it took what was sent last */
export function failsForLong(failingSince: Date | null): boolean {
  return failingSince !== null && Date.now() - failingSince.getTime() >= FAILS_FOR_LONG_MS;
}

/**
 * When an event that failed is tried again, as `OrderedReader.pauseAfter`. An event is not to blame for an endpoint that
 * takes nothing at all.
 * @param endpointFailingSince as `failsForLong`
 */
export function pauseAfter(
  attempts: number,
  failingForMs: number,
  endpointFailingSince: Date | null,
): number | 'give up' {
  if (failingForMs >= GIVE_UP_AFTER_MS && !failsForLong(endpointFailingSince)) return 'give up';
  return withJitter(PAUSES[Math.min(attempts, PAUSES.length) - 1], 1, 1 + JITTER);
}

/**
 * The pause that a receiver asks for, within bounds.
 * @param header Retry-After: seconds, or a date (RFC 9110, section 10.2.3)
 * @returns milliseconds; undefined when it asks for none, or not in a way that can be understood
 */
export function wishedPause(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  const wish = /^\d+$/.test(header) ? Number(header) * SECOND : Date.parse(header) - now.getTime();
  return Number.isNaN(wish) ? undefined : Math.min(Math.max(wish, SHORTEST_WISH), LONGEST_WISH);
}
