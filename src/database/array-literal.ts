/**
 * An array as PostgreSQL reads it: `{1,2}`, `{"a","b",NULL}`. The driver writes arrays, too, but takes three times as long
 * for it, and arrays are what statements are made of here.
 * @param values texts, numbers, truth values, Dates (as instants), null or undefined
 * @throws TypeError when there is something else among them
 */
export function arrayLiteral(values: readonly unknown[]): string {
  let literal = '{';
  for (let index = 0; index < values.length; index += 1) {
    if (index > 0) literal += ',';
    literal += element(values[index]);
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
