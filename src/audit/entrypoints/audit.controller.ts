import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiResponse, ApiTags } from '@nestjs/swagger';
import { IsOptional, ValidateBy } from 'class-validator';
import { ApiProblems } from '../../http/problems/api-problems';
import { OptionalTime } from '../../http/requests/fields';
import { badField } from '../../http/problems/http-problems';
import { After, cursorOf, keyIn, Limit, Next, type Page } from '../../http/requests/page';
import { RequireScope } from '../../http/access/required-scope';
import { isText, TEXT_RULE } from '../../syntax';
import { Audit, type Change } from '../audit';

function Filter(description: string, example: string): PropertyDecorator {
  const documented = ApiPropertyOptional({
    type: String,
    minLength: 1,
    maxLength: 255,
    description,
    example,
  });
  const check = ValidateBy({
    name: 'text',
    validator: { validate: isText, defaultMessage: () => `${TEXT_RULE}, or left out` },
  });
  return (target, property) => [IsOptional(), check, documented].forEach((each) => each(target, property));
}

/** Events that can be asked for by their numbers, at most. */
const MOST_SEQUENCES = 200;

function Sequences(): PropertyDecorator {
  const isSequence = (value: unknown) => typeof value === 'string' && /^[1-9]\d{0,14}$/.test(value);
  const documented = ApiPropertyOptional({
    type: 'array',
    maxItems: MOST_SEQUENCES,
    items: { type: 'integer', minimum: 1 },
    description: `Only this event of the SKU, which has to be named, too; may be repeated, ${MOST_SEQUENCES} times at most.`,
  });
  const check = ValidateBy({
    name: 'sequences',
    validator: {
      validate: (value) => [value].flat().length <= MOST_SEQUENCES && [value].flat().every(isSequence),
      defaultMessage: () => `must be the number of an event; ${MOST_SEQUENCES} times at most`,
    },
  });
  return (target, property) => [IsOptional(), check, documented].forEach((each) => each(target, property));
}

class AuditQuery {
  @Filter('Only changes of this SKU.', 'SMALL-TABLE')
  sku?: string;

  @Sequences()
  sequence?: string | string[];

  @Filter('Only changes of lines of this order.', 'order-001')
  orderId?: string;

  @Filter('Only changes of this batch, and of lines in it.', 'batch-001')
  batchRef?: string;

  @Filter('Only changes by this key: its id, or its name.', 'shop')
  key?: string;

  @OptionalTime('Only changes from then on.')
  since?: string;

  @OptionalTime('Only changes before then.')
  until?: string;

  @Limit()
  limit: string = '100';

  @After()
  after?: string;
}

class ChangeView implements Change {
  @ApiProperty({ format: 'date-time', example: '2030-01-01T12:00:00.000Z' })
  occurredAt!: Date;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    example: '01990a5c-7e00-7000-8000-0123456789ab',
    description: 'The key by which it was asked for. Null: none was needed, or the service did it by itself.',
  })
  keyId!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'shop', description: 'The name of that key.' })
  keyName!: string | null;

  @ApiProperty({ example: 'Allocated', description: 'What happened: the type of the event.' })
  type!: string;

  @ApiProperty({ example: 'SMALL-TABLE' })
  sku!: string;

  @ApiProperty({
    type: 'integer',
    example: 3,
    description: 'The number of the event among those of its SKU.',
  })
  sequence!: number;

  @ApiProperty({ type: String, nullable: true, example: 'order-001' })
  orderId!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'batch-001' })
  batchRef!: string | null;

  @ApiProperty({ format: 'uuid', example: '01990a5c-7e00-7000-8000-0123456789ab' })
  eventId!: string;

  @ApiProperty({
    example: '01990a5c-7e00-7000-8000-0123456789ab',
    description:
      'The request or message that all of this began with; the log of the service has it as `requestId`.',
  })
  correlationId!: string;

  @ApiProperty({
    example: '01990a5c-7e00-7000-8000-0123456789ab',
    description: 'What caused this very event.',
  })
  causationId!: string;
}

class ChangePage implements Page<ChangeView> {
  @ApiProperty({ type: [ChangeView] })
  items!: readonly ChangeView[];

  @Next()
  next!: string | null;
}

/** For whoever has to know who did something. */
@ApiTags('Operations')
@RequireScope('admin')
@Controller('v1/audit')
export class AuditController {
  constructor(private readonly audit: Audit) {}

  @Get()
  @ApiOperation({
    summary: 'List who changed what',
    description:
      'Every event with the key by which it was caused, the newest first, as soon as it is numbered in the log and for as ' +
      'long as events are kept. With a filter ' +
      'a page may have few items or none although more follow: go on until `next` is null.',
  })
  @ApiResponse({ status: 200, description: 'The changes.', type: ChangePage })
  @ApiProblems('sku')
  async listChanges(@Query() query: AuditQuery): Promise<ChangePage> {
    const { sku, sequence, orderId, batchRef, key, since, until, limit, after } = query;
    if (sequence !== undefined && sku === undefined) throw badField('sku', 'must be there when sequence is');
    const sequences = sequence === undefined ? undefined : [sequence].flat().map(Number);
    const times = { since: since ? new Date(since) : undefined, until: until ? new Date(until) : undefined };
    const filter = { sku, sequences, orderId, batchRef, key, ...times };
    const { changes, before } = await this.audit.page(filter, placeIn(after), Number(limit));
    return { items: changes, next: before === undefined ? null : cursorOf(String(before)) };
  }
}

/** @throws ProblemException when the service did not make the cursor */
function placeIn(after: string | undefined): number | undefined {
  if (after === undefined) return undefined;
  const place = keyIn(after);
  if (/^[1-9]\d{0,14}$/.test(place)) return Number(place);
  throw badField('after', 'must be the `next` of the page before');
}
