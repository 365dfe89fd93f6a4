import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsUUID, ValidateBy, ValidateIf } from 'class-validator';
import { OptionalTime } from '../../http/requests/fields';
import { AfterId, Limit } from '../../http/requests/page';
import { EVENT_TYPES } from '../../log/contracts';
import { isText } from '../../syntax';
import { isEndpointUrl, URL_RULE } from '../endpoint-url';

const MOST_FILTERED = 100;

/** What may be left out, but not null. */
const WhenGiven = () => ValidateIf((_, value) => value !== undefined);

function checked(message: string, validate: (value: unknown) => boolean): PropertyDecorator {
  return ValidateBy({ name: 'syntax', validator: { validate, defaultMessage: () => message } });
}

const isListOf = (value: unknown, isItem: (item: unknown) => boolean) =>
  Array.isArray(value) && value.length > 0 && value.length <= MOST_FILTERED && value.every(isItem);

const urlDocumentation = {
  type: String,
  format: 'uri',
  maxLength: 2_048,
  example: 'https://shop.example/stock-events',
  description: 'Where events are posted to: http or https, without a user and a password.',
};
const Url = () => checked(URL_RULE, isEndpointUrl);

const Types = () =>
  applyDecorators(
    IsOptional(),
    checked(`must be a list of some of ${EVENT_TYPES.join(', ')}, or null for all`, (value) =>
      isListOf(value, (item) => EVENT_TYPES.includes(item as string)),
    ),
    ApiPropertyOptional({
      type: [String],
      nullable: true,
      enum: EVENT_TYPES,
      minItems: 1,
      maxItems: MOST_FILTERED,
      example: ['Allocated', 'Deallocated'],
      description: 'The events that it wants, by name. Null: all.',
    }),
  );

const Skus = () =>
  applyDecorators(
    IsOptional(),
    checked(`must be a list of 1 to ${MOST_FILTERED} SKUs, or null for all`, (value) =>
      isListOf(value, isText),
    ),
    ApiPropertyOptional({
      type: [String],
      nullable: true,
      minItems: 1,
      maxItems: MOST_FILTERED,
      example: ['SMALL-TABLE'],
      description: 'The SKUs whose events it wants. Null: all.',
    }),
  );

export class WebhookPath {
  @IsUUID(undefined, { message: 'must be the id of a webhook, a UUID' })
  @ApiProperty({
    format: 'uuid',
    example: '01990a5c-7e00-7000-8000-0123456789ab',
    description: 'The endpoint.',
  })
  id!: string;
}

export class WebhookPageQuery {
  @Limit()
  limit: string = '100';

  @AfterId()
  after?: string;
}

export class WebhookRequest {
  @Url()
  @ApiProperty(urlDocumentation)
  url!: string;

  @Types()
  types?: string[] | null;

  @Skus()
  skus?: string[] | null;
}

export class WebhookChangeRequest {
  @WhenGiven()
  @Url()
  @ApiPropertyOptional(urlDocumentation)
  url?: string;

  @Types()
  types?: string[] | null;

  @Skus()
  skus?: string[] | null;

  @WhenGiven()
  @IsBoolean({ message: 'must be true or false, or left out' })
  @ApiPropertyOptional({
    example: true,
    description:
      'False: nothing is sent. True: it goes on where it stopped, and what failed is tried at once.',
  })
  enabled?: boolean;

  @WhenGiven()
  @IsBoolean({ message: 'must be true or false, or left out' })
  @ApiPropertyOptional({
    example: false,
    description:
      'True: it gets a new secret, which is in the answer. For 24 hours the one before it signs, too, so that the ' +
      'receiver can change over at any moment.',
  })
  rotateSecret?: boolean;
}

export class WebhookReplayRequest {
  @WhenGiven()
  @checked('must be a position in the log, or left out', isText)
  @ApiPropertyOptional({
    example: 'AZm_jX4AcACAAAEjRWeJqwAAAAAAABJn',
    description: 'A position of the feed of events: those after it.',
  })
  after?: string;

  @OptionalTime('Where there is no position: the events from then on.')
  since?: string;
}
