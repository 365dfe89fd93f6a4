import { isDay, isName, isText, LARGEST_QUANTITY, NAME_RULE, TEXT_RULE } from '../syntax';

/** A row that cannot be used. The message says what is wrong with which column. */
export class BadRow extends Error {}

/**
 * Takes the fields of one row and gathers what is wrong with them, by the rules that hold for requests over
 * HTTP: what one way accepts, the other accepts.
 */
export class Fields<Column extends string> {
  private readonly problems: string[] = [];

  constructor(private readonly values: Readonly<Record<Column, string>>) {}

  /** A reference, an order id or a SKU under which something is going to be stored. */
  name(column: Column): string {
    const value = this.values[column];
    return this.checked(column, value, isName(value), NAME_RULE);
  }

  /** A reference, an order id or a SKU that was taken before. */
  text(column: Column): string {
    const value = this.values[column];
    return this.checked(column, value, isText(value), TEXT_RULE);
  }

  /** Pieces: a whole number from 1 that PostgreSQL's integer can hold. */
  quantity(column: Column): number {
    const value = this.values[column];
    const quantity = /^\d+$/.test(value) ? Number(value) : NaN;
    const valid = quantity >= 1 && quantity <= LARGEST_QUANTITY;
    return this.checked(column, quantity, valid, `must be a whole number from 1 to ${LARGEST_QUANTITY}`);
  }

  /** A day of the calendar as YYYY-MM-DD; null when the field is empty. */
  optionalDay(column: Column): string | null {
    const value = this.values[column];
    if (value === '') return null;
    return this.checked(column, value, isDay(value), 'must be a day of the calendar as YYYY-MM-DD, or empty');
  }

  /** @throws BadRow with everything that is wrong */
  check(): void {
    if (this.problems.length > 0) throw new BadRow(this.problems.join('; '));
  }

  private checked<T>(column: Column, value: T, valid: boolean, rule: string): T {
    const given = this.values[column];
    if (!valid)
      this.problems.push(given === '' ? `${column} is missing` : `${column} ${rule}, not ${excerpt(given)}`);
    return value;
  }
}

function excerpt(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
}
