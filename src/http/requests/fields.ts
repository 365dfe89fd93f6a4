import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, isEmail, ValidateBy } from 'class-validator';
import {
  isDay,
  isName,
  isText,
  isTime,
  LARGEST_QUANTITY,
  NAME_PATTERN,
  NAME_RULE,
  NO_NAMES,
  TEXT_RULE,
} from '../../syntax';

/**
 * The kinds of fields that requests have. Each decorator is both the check and its documentation, so
 * that the two cannot part.
 */

/** A reference, an order id or a SKU by which something is looked for. */
export function Text(description: string, example: string): PropertyDecorator {
  return field(TEXT_RULE, isText, { type: String, minLength: 1, maxLength: 255, description, example });
}

/** A reference, an order id or a SKU under which something is going to be stored. */
export function Name(description: string, example: string): PropertyDecorator {
  return field(NAME_RULE, isName, {
    type: String,
    minLength: 1,
    maxLength: 255,
    pattern: NAME_PATTERN,
    not: { enum: NO_NAMES },
    description,
    example,
  });
}

/** Pieces: a whole number from `minimum`, which PostgreSQL's integer can hold. */
export function Quantity(description: string, example: number, minimum = 1): PropertyDecorator {
  return field(
    `must be a whole number from ${minimum} to ${LARGEST_QUANTITY}`,
    (value) =>
      Number.isInteger(value) && (value as number) >= minimum && (value as number) <= LARGEST_QUANTITY,
    { type: 'integer', minimum, maximum: LARGEST_QUANTITY, description, example },
  );
}

/** A day. */
export function Day(description: string, example: string): PropertyDecorator {
  return field('must be a day of the calendar as YYYY-MM-DD', isDay, {
    type: String,
    format: 'date',
    description,
    example,
  });
}

/** A day, or null or nothing. */
export function OptionalDay(description: string, example: string): PropertyDecorator {
  return field(
    'must be a day of the calendar as YYYY-MM-DD, or null',
    (value) => value === undefined || value === null || isDay(value),
    { type: String, format: 'date', nullable: true, required: false, description, example },
  );
}

/** A time as RFC 3339 has it, or nothing. */
export function OptionalTime(
  description: string,
  { or = 'left out', example = '2030-01-31T12:00:00Z' }: { or?: 'left out' | 'null'; example?: string } = {},
): PropertyDecorator {
  return field(
    `must be a time such as 2030-01-31T12:00:00Z, or ${or}`,
    (value) => value === undefined || (value === null && or === 'null') || isTime(value),
    {
      type: String,
      format: 'date-time',
      required: false,
      ...(or === 'null' && { nullable: true }),
      example,
      description,
    },
  );
}

/** A whole number within bounds. */
export function Integer(
  description: string,
  example: number,
  bounds: readonly [number, number],
): PropertyDecorator {
  return integer(description, example, bounds, true);
}

/** The same, or nothing. */
export function OptionalInteger(
  description: string,
  example: number,
  bounds: readonly [number, number],
): PropertyDecorator {
  return integer(description, example, bounds, false);
}

function integer(
  description: string,
  example: number,
  [minimum, maximum]: readonly [number, number],
  required: boolean,
): PropertyDecorator {
  return field(
    `must be a whole number from ${minimum} to ${maximum}`,
    (value) =>
      (!required && value === undefined) ||
      (Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum),
    { type: 'integer', minimum, maximum, required, description, example },
  );
}

/** True, false or nothing. */
export function OptionalFlag(description: string, example: boolean): PropertyDecorator {
  return field('must be true or false', (value) => value === undefined || typeof value === 'boolean', {
    type: 'boolean',
    required: false,
    description,
    example,
  });
}

/** One of some texts. */
export function OneOf(description: string, texts: readonly string[]): PropertyDecorator {
  return field(
    `must be one of ${texts.join(', ')}`,
    (value) => typeof value === 'string' && texts.includes(value),
    { type: String, enum: [...texts], description, example: texts[0] },
  );
}

/** A text for people, or nothing. */
export function OptionalNote(description: string, example: string): PropertyDecorator {
  return field(TEXT_RULE, (value) => value === undefined || isText(value), {
    type: String,
    minLength: 1,
    maxLength: 255,
    required: false,
    description,
    example,
  });
}

/** A mail address, or nothing. */
export function Email(description: string, example: string): PropertyDecorator {
  return field('must be a mail address', (value) => value === undefined || isEmail(value), {
    type: String,
    format: 'email',
    maxLength: 255,
    required: false,
    description,
    example,
  });
}

/** As many items as a request may have that takes several. */
export const MAX_ITEMS = 1_000;

/** A list of items, which are checked one by one elsewhere, so that a bad one fails alone. */
export function Items(item: new () => object, most = MAX_ITEMS): PropertyDecorator {
  const message = `must be a list of 1 to ${most} items`;
  return applyDecorators(
    IsArray({ message }),
    ArrayMinSize(1, { message }),
    ArrayMaxSize(most, { message }),
    ApiProperty({ type: [item], minItems: 1, maxItems: most }),
  );
}

/** What a field says of itself in a document. */
export interface FieldDocumentation {
  readonly type: string | typeof String;
  readonly description: string;
  readonly example: unknown;
  /** Whether a request must have the field; true when left out. */
  readonly required?: boolean;
  readonly nullable?: boolean;
}

/** What fields say of themselves, by the prototypes of their classes. @nestjs/swagger knows it, too, but does not hand it out. */
const documentations = new WeakMap<object, Record<string, FieldDocumentation>>();

/** What the fields of a class say of themselves, for documents other than that of HTTP. */
export function documentationOf(
  type: abstract new (...args: never[]) => object,
): Readonly<Record<string, FieldDocumentation>> {
  return documentations.get(type.prototype as object) ?? {};
}

/** By the prototypes of the classes, as their documentation. */
const checks = new WeakMap<object, Map<string, (value: unknown) => boolean>>();

/** What the decorators above check of the fields of a class. */
export function checksOf(
  type: abstract new (...args: never[]) => object,
): ReadonlyMap<string, (value: unknown) => boolean> {
  return checks.get(type.prototype as object) ?? new Map();
}

function field(
  message: string,
  validate: (value: unknown) => boolean,
  documentation: FieldDocumentation & ApiPropertyOptions,
): PropertyDecorator {
  return applyDecorators(
    ValidateBy({ name: 'syntax', validator: { validate, defaultMessage: () => message } }),
    ApiProperty(documentation),
    (prototype: object, name: string | symbol) => {
      documentations.set(prototype, { ...documentations.get(prototype), [String(name)]: documentation });
      checks.set(prototype, new Map(checks.get(prototype)).set(String(name), validate));
    },
  );
}
