import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, isUUID, Matches, ValidateBy } from 'class-validator';

/** Some items of a list, and where to go on. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** To be sent as `after`; null: that was all. */
  readonly next: string | null;
}

/**
 * Makes a page of rows of which one more was asked for than it may have.
 * @param keyOf what the rows are ordered by, and found again by
 */
export function pageOf<Row>(rows: readonly Row[], limit: number, keyOf: (row: Row) => string): Page<Row> {
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? cursorOf(keyOf(items[limit - 1])) : null };
}

/** What stands for a key in a link to the next page. */
export function cursorOf(key: string): string {
  return Buffer.from(key).toString('base64url');
}

/** The key that a cursor stands for; '' for none, before all keys. */
export function keyIn(cursor: string | undefined): string {
  return Buffer.from(cursor ?? '', 'base64url').toString();
}

/** Whether the service can have made it: a key that the database can be asked for. */
function isCursor(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value !== '' &&
    !keyIn(value).includes('\0') &&
    cursorOf(keyIn(value)) === value
  );
}

/** How many items a page has at most; a text, as it comes in a query. */
export function Limit(): PropertyDecorator {
  return applyDecorators(
    Matches(/^([1-9]\d{0,2}|1000)$/, { message: 'must be a whole number from 1 to 1000' }),
    ApiPropertyOptional({
      type: 'integer',
      minimum: 1,
      maximum: 1000,
      default: 100,
      description: 'Items at most.',
    }),
  );
}

/** Where the page before ended. */
export function After(): PropertyDecorator {
  return cursor(isCursor);
}

/** The same, where the items have UUIDs as their keys. */
export function AfterId(): PropertyDecorator {
  return cursor((value) => isCursor(value) && isUUID(keyIn(value)));
}

function cursor(validate: (value: unknown) => boolean): PropertyDecorator {
  const message = 'must be the `next` of the page before';
  return applyDecorators(
    IsOptional(),
    ValidateBy({ name: 'cursor', validator: { validate, defaultMessage: () => message } }),
    ApiPropertyOptional({ type: String, description: 'The `next` of the page before.' }),
  );
}

/** Documents where the next page begins. */
export function Next(): PropertyDecorator {
  return ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Send it as `after` to get the next page. Null: this is the last one.',
  });
}
