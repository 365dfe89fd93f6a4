// Numbers, days and instants as the reader's browser writes them; days are the service's, which counts them in UTC.

const numbers = new Intl.NumberFormat();
const days = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });
const shortDays = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const instants = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** A number of something: `count(1, 'line')` is "1 line". */
export const count = (n, one, many = `${one}s`) => `${numbers.format(n)} ${n === 1 ? one : many}`;
export const number = (n) => numbers.format(n);
export const pieces = (n) => count(n, 'piece');

/** A day, from YYYY-MM-DD. */
export const day = (text) => days.format(new Date(`${text}T00:00:00Z`));
/** The same without its year, from a time in milliseconds. */
export const shortDay = (ms) => shortDays.format(new Date(ms));
/** An instant, from ISO 8601. */
export const instant = (text) => instants.format(new Date(text));

export const today = () => new Date().toISOString().slice(0, 10);

/** How long ago or ahead an instant is, or a day. */
export function relative(text) {
  const isDay = text.length === 10;
  const seconds =
    (new Date(isDay ? `${text}T00:00:00Z` : text) - (isDay ? new Date(today()) : Date.now())) / 1000;
  const [size, unit] = [
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
    [1, 'second'],
  ].find(([length]) => Math.abs(seconds) >= length || length === 1);
  const n = Math.round(Math.abs(seconds) / size);
  if (isDay && n === 0) return 'today';
  if (unit === 'second' && n < 5) return 'now';
  return seconds < 0 ? `${count(n, unit)} ago` : `in ${count(n, unit)}`;
}

/** Where pieces of a batch are. */
export function where(eta) {
  if (eta === null) return 'in the warehouse';
  return eta < today() ? `overdue since ${day(eta)}` : `arrives ${day(eta)}`;
}
