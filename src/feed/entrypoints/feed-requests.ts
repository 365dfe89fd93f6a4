import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches, ValidateBy } from 'class-validator';
import { eventSchemas } from '../../allocation/contracts';
import { isText, TEXT_RULE } from '../../syntax';
import { FeedFilter } from '../feed-filter';

const EVENT_TYPES = Object.keys(eventSchemas);
const MAX_SKUS = 100;

/** A field of a query that may be repeated: a text when it is there once, a list when more often. */
function Repeated(
  max: number,
  rule: string,
  isValid: (value: unknown) => boolean,
  documentation: { items: object; description: string },
): PropertyDecorator {
  const validate = (value: unknown) => listOf(value).length <= max && listOf(value).every(isValid);
  return applyDecorators(
    IsOptional(),
    ValidateBy({
      name: 'repeated',
      validator: { validate, defaultMessage: () => `${rule}; ${max} times at most` },
    }),
    ApiPropertyOptional({ type: 'array', maxItems: max, ...documentation }),
  );
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** Which events are wanted. */
export class FilterQuery {
  @Repeated(
    EVENT_TYPES.length,
    `must be one of ${EVENT_TYPES.join(', ')}`,
    (value) => EVENT_TYPES.includes(value as string),
    {
      items: { type: 'string', enum: EVENT_TYPES },
      description: 'Only events of this type; may be repeated.',
    },
  )
  type?: string | string[];

  @Repeated(MAX_SKUS, TEXT_RULE, isText, {
    items: { type: 'string', minLength: 1, maxLength: 255 },
    description: `Only events of this SKU; may be repeated, ${MAX_SKUS} times at most.`,
  })
  sku?: string | string[];

  @IsOptional()
  @ValidateBy({
    name: 'cursor',
    validator: {
      validate: (value) => typeof value === 'string',
      defaultMessage: () => 'must be there once only',
    },
  })
  @ApiPropertyOptional({
    type: String,
    description:
      'The `next` of an earlier answer, or the id of an event in the stream. `now`: what happens from now on. Left out: ' +
      'from the oldest event that is retained.',
  })
  after?: string;
}

/** Which events are wanted, how many, and how long they are waited for. */
export class EventsQuery extends FilterQuery {
  @Matches(/^([1-9]\d{0,2}|1000)$/, { message: 'must be a whole number from 1 to 1000' })
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 1000,
    default: 100,
    description: 'Events at most.',
  })
  limit: string = '100';

  @Matches(/^([0-9]|[12]\d|30)$/, { message: 'must be a whole number of seconds from 0 to 30' })
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: 30,
    default: 0,
    description: 'Seconds to wait for an event when there is none yet (long polling).',
  })
  wait: string = '0';
}

/** The filter that a query asks for. */
export function filterOf({ type, sku }: FilterQuery): FeedFilter {
  return new FeedFilter({
    types: type === undefined ? undefined : [type].flat(),
    skus: sku === undefined ? undefined : [sku].flat(),
  });
}
