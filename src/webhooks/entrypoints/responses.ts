import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Next, type Page } from '../../http/requests/page';
import type { Delivery, DisabledBecause, Webhook } from '../webhook';

const id = { format: 'uuid', example: '01990a5c-7e00-7000-8000-0123456789ab' } as const;
const secret = {
  example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw9rGhZCXjFU4=',
  description: 'Signs what is sent. It is shown this once.',
};
const status = {
  type: 'integer',
  nullable: true,
  example: 204,
  description: 'Of the answer; null: there was none.',
} as const;
const error = {
  type: String,
  nullable: true,
  example: null,
  description: 'Why it was not taken, with the beginning of the answer; null: it was.',
} as const;
const durationMs = {
  type: 'integer',
  example: 42,
  description: 'How long it took, in milliseconds.',
} as const;

export class WebhookView implements Webhook {
  @ApiProperty(id)
  id!: string;

  @ApiProperty({ format: 'uri', example: 'https://shop.example/stock-events' })
  url!: string;

  @ApiProperty({
    type: [String],
    nullable: true,
    example: ['Allocated', 'Deallocated'],
    description: 'The events that it wants; null: all.',
  })
  types!: readonly string[] | null;

  @ApiProperty({
    type: [String],
    nullable: true,
    example: null,
    description: 'The SKUs whose events it wants; null: all.',
  })
  skus!: readonly string[] | null;

  @ApiProperty({ example: true })
  enabled!: boolean;

  @ApiProperty({
    type: String,
    enum: ['gone', 'failing', null],
    nullable: true,
    example: null,
    description:
      'Why the service disabled it: it answered 410, or took nothing for five days. Null: it is enabled, or somebody ' +
      'disabled it.',
  })
  disabledBecause!: DisabledBecause | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: null,
    description: 'Since when it has taken nothing; null: it took what was sent last.',
  })
  failingSince!: Date | null;

  @ApiProperty({ format: 'date-time', example: '2030-01-31T12:00:00.000Z' })
  createdAt!: Date;
}

export class CreatedWebhook extends WebhookView {
  @ApiProperty(secret)
  secret!: string;
}

export class ChangedWebhook extends WebhookView {
  @ApiPropertyOptional({ ...secret, description: 'The new one, if it was rotated. It is shown this once.' })
  secret?: string;
}

export class WebhookPage implements Page<WebhookView> {
  @ApiProperty({ type: [WebhookView] })
  items!: readonly WebhookView[];

  @Next()
  next!: string | null;
}

export class TestedWebhook {
  @ApiProperty({ example: true, description: 'Whether the endpoint took it: it answered 200 to 299.' })
  delivered!: boolean;

  @ApiProperty(status)
  status!: number | null;

  @ApiProperty(durationMs)
  durationMs!: number;

  @ApiProperty(error)
  error!: string | null;
}

export class DeliveryView implements Delivery {
  @ApiProperty(id)
  id!: string;

  @ApiProperty({ ...id, description: 'The event; the header `webhook-id` has the same.' })
  eventId!: string;

  @ApiProperty({ example: 'Allocated' })
  type!: string;

  @ApiProperty({ example: 'SMALL-TABLE' })
  sku!: string;

  @ApiProperty({
    type: 'integer',
    example: 3,
    description: 'The number of the event among those of its SKU.',
  })
  sequence!: number;

  @ApiProperty({ type: 'integer', example: 1, description: 'Counts the attempts for this event.' })
  attempt!: number;

  @ApiProperty({ format: 'date-time', example: '2030-01-31T12:00:00.000Z' })
  at!: Date;

  @ApiProperty(durationMs)
  durationMs!: number;

  @ApiProperty(status)
  status!: number | null;

  @ApiProperty(error)
  error!: string | null;
}

export class DeliveryPage implements Page<DeliveryView> {
  @ApiProperty({ type: [DeliveryView] })
  items!: readonly DeliveryView[];

  @Next()
  next!: string | null;
}

export class ReplayedWebhook {
  @ApiProperty({
    type: 'integer',
    example: 4711,
    description: 'Events that there are from there on; those among them that it wants come again.',
  })
  events!: number;
}
