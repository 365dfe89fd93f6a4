/** The syntax of values that come in, whichever way: over HTTP, by message or in a file. */

/** The most pieces there can be: PostgreSQL's integer holds no more. The domain's `MOST_PIECES` is the same, which is tested. */
export const LARGEST_QUANTITY = 2_147_483_647;

/** The priorities that a line can have. */
export const PRIORITIES = [-LARGEST_QUANTITY, LARGEST_QUANTITY] as const;

/** For how many seconds a line can be reserved: from one to 30 days (rule 11). */
export const RESERVATION_SECONDS = [1, 30 * 24 * 60 * 60] as const;

/** By how many pieces a batch can be adjusted. */
export const ADJUSTMENTS = [-LARGEST_QUANTITY, LARGEST_QUANTITY] as const;

/** What `isText` asks for, to be said after the name of a field. */
export const TEXT_RULE = 'must be a text of 1 to 255 characters, without NUL and unpaired surrogates';

/**
 * Whether it can be stored as a reference, an order id or a SKU: a text of 1 to 255 characters. NUL, which
 * PostgreSQL cannot store, is refused, and half of a surrogate pair, which would be stored as another text.
 *
 * This is all that is asked of a name by which something is looked for: what is stored under a name that
 * would be refused today can still be read, changed and given back.
 */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && /^[^\0\p{Surrogate}]{1,255}$/u.test(value);
}

/**
 * Characters that no new name has: controls (C0, DEL, C1), which break lines of logs, mails and CSV files and
 * steer terminals; line and paragraph separators; controls of the direction of writing, which make a line
 * show something else than it says; and characters without width that come along when text is copied, so that
 * two names look the same. The joiners U+200C and U+200D stay: words of several languages need them.
 */
const UNWANTED =
  '\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb';

/**
 * Characters that are shown as a blank and count as letters or symbols: the fillers of Hangul, and Braille without a dot.
 * A new name may have them inside, as it may blanks.
 */
const BLANKS = '\\s\\u115f\\u1160\\u2800\\u3164\\uffa0';

/**
 * Characters that show nothing without one before them: joiners, and what chooses the form of a character. A new name
 * that had no others would be a blank.
 */
const FOLLOWERS = '\\u034f\\u17b4\\u17b5\\u180b-\\u180d\\u180f\\u200c\\u200d\\ufe00-\\ufe0f';

/** The characters of a new name. It works in regular expressions of every kind, since clients are made of it. */
export const NAME_PATTERN = `^[^${BLANKS}${FOLLOWERS}${UNWANTED}]([^${UNWANTED}]*[^${BLANKS}${UNWANTED}])?$`;

/** Names that are no segment of a path: every client leaves them out of a URL (RFC 3986, section 5.2.4). */
export const NO_NAMES = ['.', '..'];

/** What `isName` asks for, to be said after the name of a field. */
export const NAME_RULE =
  'must be a text of 1 to 255 characters, without control characters, invisible characters and blanks ' +
  'around it, and neither . nor ..';

const namePattern = new RegExp(NAME_PATTERN, 'u');

/** Whether it can become a reference, an order id or a SKU: a text that can be stored, shown and named in a URL. */
export function isName(value: unknown): value is string {
  return isText(value) && namePattern.test(value) && !NO_NAMES.includes(value);
}

/** Whether it is a day of the calendar as `YYYY-MM-DD`. */
export function isDay(value: unknown): value is string {
  // PostgreSQL knows no year 0.
  if (typeof value !== 'string' || !/^(?!0000)\d{4}-\d\d-\d\d$/.test(value)) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

/** Whether it is an instant in UTC, such as `2031-01-31T12:00Z`, with seconds and fractions of them or without. */
export function isInstant(value: unknown): value is string {
  if (typeof value !== 'string' || !/^.{10}T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z$/.test(value)) return false;
  return isDay(value.slice(0, 10)) && !Number.isNaN(Date.parse(value));
}

/** Whether it is a time as RFC 3339 has it, such as `2031-01-31T12:00:00Z`, with its distance from UTC if it is not in UTC. */
export function isTime(value: unknown): value is string {
  if (typeof value !== 'string' || !/^.{10}T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(value))
    return false;
  return isDay(value.slice(0, 10)) && !Number.isNaN(Date.parse(value));
}

/** A field that nobody knows, and the known one that is probably meant. */
export interface Misspelling {
  readonly field: string;
  readonly meant: string;
}

/** Names that are no longer than this have many neighbours that mean something else: `meta` beside `eta`. */
const SHORT = 3;

/** Among names that are no longer than this nearly all neighbours do: `uid` beside `id`. */
const VERY_SHORT = 2;

/**
 * Finds fields that are probably known ones misspelt: the same but for case, or for one letter that is left
 * out, put in, exchanged or swapped with its neighbour. Unknown fields are ignored, but an optional field that
 * is misspelt would be taken as left out: with `ETA` for `eta` a batch on a ship would be in the warehouse.
 * Only for their case are names of two letters compared, and those of three that are there themselves.
 * @param given the names that came in
 * @param known the names that mean something there
 * @returns one for each known field at most
 */
export function misspellings(given: readonly string[], known: readonly string[]): Misspelling[] {
  const unknown = given.filter((name) => !known.includes(name));
  if (unknown.length === 0) return [];
  return known.flatMap((meant) => {
    const plain = meant.toLowerCase();
    const caseAlone = meant.length <= VERY_SHORT || (meant.length <= SHORT && given.includes(meant));
    const field = unknown.find((name) => {
      // Before anything is done with it: a name may be as long as a body.
      if (Math.abs(name.length - meant.length) > 1) return false;
      const other = name.toLowerCase();
      return other === plain || (!caseAlone && isOneLetterOff(other, plain));
    });
    return field === undefined ? [] : [{ field, meant }];
  });
}

/** Whether the Damerau-Levenshtein distance of two different texts is 1. */
function isOneLetterOff(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  let start = 0;
  while (start < short.length && short[start] === long[start]) start += 1;
  const rest = short.slice(start);
  if (short.length < long.length) return rest === long.slice(start + 1);
  const swapped = short[start] === long[start + 1] && short[start + 1] === long[start];
  return rest.slice(1) === long.slice(start + 1) || (swapped && rest.slice(2) === long.slice(start + 2));
}
