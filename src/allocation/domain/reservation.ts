/** How long a line is held that is not wanted for good (rules 11 and 12). Instants are texts as by Date.toISOString. */
import type { HeldLine } from './line';

/** When a reservation ends that is made now. @param seconds null: it is wanted for good, and never ends */
export function endOf(now: Date, seconds: number | null): string | null {
  return seconds === null ? null : new Date(now.getTime() + seconds * 1_000).toISOString();
}

/** The seconds until a reservation ends that has not ended yet. @param expiresAt null: it never ends */
export function secondsLeft(now: Date, expiresAt: string | null): number | null {
  return expiresAt === null ? null : Math.ceil((Date.parse(expiresAt) - now.getTime()) / 1_000);
}

/** For how many seconds a line is reserved that is asked for in both ways; null: for good. */
export function longer(seconds: number | null, others: number | null): number | null {
  return seconds === null || others === null ? null : Math.max(seconds, others);
}

/** Which of two reservations ran out first, for sorting. */
export function byExpiry(a: HeldLine, b: HeldLine): number {
  if (a.expiresAt === b.expiresAt) return a.askedSequence - b.askedSequence;
  return a.expiresAt! < b.expiresAt! ? -1 : 1;
}
