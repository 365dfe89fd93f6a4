import { excerpt } from '../printable';
import { isDay, isInstant, isName, isText, LARGEST_QUANTITY, NAME_RULE, TEXT_RULE } from '../syntax';

/** How much of a bad value its reason shows. */
const SHOWN_CHARACTERS = 40;

/** A row that cannot be used. The message says what is wrong with which column. */
export class BadRow extends Error {}

/**
 * Takes the fields of one row and gathers what is wrong with them, by the rules that hold for requests over
 * HTTP: what one way accepts, the other accepts.
 */
export class Fields<Column extends string> {
  private readonly problems: string[] = [];

  /** @param values of a column that is not there: none, which is as good as an empty field */
  constructor(private readonly values: Readonly<Partial<Record<Column, string>>>) {}

  /** A reference, an order id or a SKU under which something is going to be stored. */
  name(column: Column): string {
    const value = this.given(column);
    return this.checked(column, value, isName(value), NAME_RULE);
  }

  /** A reference, an order id or a SKU that was taken before. */
  text(column: Column): string {
    const value = this.given(column);
    return this.checked(column, value, isText(value), TEXT_RULE);
  }

  /** Pieces: a whole number from 1 that PostgreSQL's integer can hold. */
  quantity(column: Column): number {
    const value = this.given(column);
    const quantity = /^\d+$/.test(value) ? Number(value) : NaN;
    const valid = quantity >= 1 && quantity <= LARGEST_QUANTITY;
    return this.checked(column, quantity, valid, `must be a whole number from 1 to ${LARGEST_QUANTITY}`);
  }

  /** A whole number within bounds. */
  integer(column: Column, [minimum, maximum]: readonly [number, number]): number {
    const value = this.given(column);
    const number = /^[+-]?\d+$/.test(value) ? Number(value) : NaN;
    const valid = number >= minimum && number <= maximum;
    return this.checked(column, number, valid, `must be a whole number from ${minimum} to ${maximum}`);
  }

  /** The same; undefined when the field is empty. */
  optionalInteger(column: Column, bounds: readonly [number, number]): number | undefined {
    return this.given(column) === '' ? undefined : this.integer(column, bounds);
  }

  /** True or false, in letters of any case, as spreadsheets write it; undefined when the field is empty. */
  optionalFlag(column: Column): boolean | undefined {
    const value = this.given(column).toLowerCase();
    if (value === '') return undefined;
    const valid = value === 'true' || value === 'false';
    return this.checked(column, value === 'true', valid, 'must be true or false, or empty');
  }

  /** One of some texts. */
  oneOf<T extends string>(column: Column, texts: readonly T[]): T {
    const value = this.given(column) as T;
    return this.checked(column, value, texts.includes(value), `must be one of ${texts.join(', ')}`);
  }

  /** A text for people; null when the field is empty. */
  optionalText(column: Column): string | null {
    return this.given(column) === '' ? null : this.text(column);
  }

  /** A day of the calendar as YYYY-MM-DD. */
  day(column: Column): string {
    const value = this.given(column);
    return this.checked(column, value, isDay(value), 'must be a day of the calendar as YYYY-MM-DD');
  }

  /** The same; null when the field is empty. */
  optionalDay(column: Column): string | null {
    const value = this.given(column);
    if (value === '') return null;
    return this.checked(column, value, isDay(value), 'must be a day of the calendar as YYYY-MM-DD, or empty');
  }

  /** An instant, which comes back as by Date.toISOString. */
  instant(column: Column): string {
    const value = this.given(column);
    const valid = isInstant(value);
    const instant = valid ? new Date(value).toISOString() : value;
    return this.checked(column, instant, valid, 'must be a time such as 2031-01-31T12:00:00Z');
  }

  /** @throws BadRow with everything that is wrong */
  check(): void {
    if (this.problems.length > 0) throw new BadRow(this.problems.join('; '));
  }

  private checked<T>(column: Column, value: T, valid: boolean, rule: string): T {
    const given = this.given(column);
    if (!valid)
      this.problems.push(
        given === ''
          ? `${column} is missing`
          : `${column} ${rule}, not ${JSON.stringify(excerpt(given, SHOWN_CHARACTERS))}`,
      );
    return value;
  }

  private given(column: Column): string {
    return this.values[column] ?? '';
  }
}
