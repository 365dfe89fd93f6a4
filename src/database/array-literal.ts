/**
 * An array as PostgreSQL reads it: `{1,2}`, `{"a","b",NULL}`. The driver writes arrays, too, but takes three times as long
 * for it, and arrays are what statements are made of here.
 * @param values texts, numbers, truth values, Dates (as instants), null or undefined
 * @throws TypeError when there is something else among them
 */
export function arrayLiteral(values: readonly unknown[]): string {
  if (values.length === 0) return '{}';
  let text = element(values[0]);
  let literal = `{${text}`;
  for (let index = 1; index < values.length; index += 1) {
    // Rows that are written together have much in common: an SKU, a request, an instant.
    if (values[index] !== values[index - 1]) text = element(values[index]);
    literal += `,${text}`;
  }
  return `${literal}}`;
}

function element(value: unknown): string {
  if (typeof value === 'string')
    return `"${/["\\]/.test(value) ? value.replaceAll(/["\\]/g, '\\$&') : value}"`;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return `${value}`;
  if (value === null || value === undefined) return 'NULL';
  if (value instanceof Date) return `"${value.toISOString()}"`;
  throw new TypeError(`An array for PostgreSQL cannot hold ${typeof value}`);
}
