/** The syntax of values that come in, whichever way: over HTTP, by message or in a file. */

/** The most pieces there can be: PostgreSQL's integer holds no more. */
export const LARGEST_QUANTITY = 2_147_483_647;

/**
 * Whether it can be a reference, an order id or a SKU: a text of 1 to 255 characters. NUL, which PostgreSQL
 * cannot store, is refused, and half of a surrogate pair, which would be stored as another text.
 */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && /^[^\0\p{Surrogate}]{1,255}$/u.test(value);
}

/** Whether it is a day of the calendar as `YYYY-MM-DD`. */
export function isDay(value: unknown): value is string {
  // PostgreSQL knows no year 0.
  if (typeof value !== 'string' || !/^(?!0000)\d{4}-\d\d-\d\d$/.test(value)) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}
