/**
 * A pause that doubles with every attempt, with jitter so that what failed together is not tried together.
 * @param first after the first attempt, in milliseconds, as is the result
 * @param longest bound of all pauses
 * @param attempts how often it was tried, at least once
 */
export function pauseBetween(first: number, longest: number, attempts: number): number {
  return Math.min(first * 2 ** (attempts - 1), longest) * (0.5 + Math.random() / 2);
}
