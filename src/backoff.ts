/**
 * A pause that doubles with every attempt, with jitter.
 * @param first after the first attempt, in milliseconds, as is the result
 * @param longest bound of all pauses
 * @param attempts how often it was tried, at least once
 */
export function pauseBetween(first: number, longest: number, attempts: number): number {
  return withJitter(Math.min(first * 2 ** (attempts - 1), longest), 0.5, 1);
}

/** The pause times a random factor from `least` to `most`, so that what failed together is not tried together. */
export function withJitter(pause: number, least: number, most: number): number {
  return pause * (least + (most - least) * Math.random());
}
