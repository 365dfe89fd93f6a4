import { ApiProperty } from '@nestjs/swagger';
import { type OpenBatch, quote, split, type Split } from '../availability/quotes';

/** The day of arrival, for the documentation. */
export const etaDocumentation = {
  type: String,
  format: 'date',
  nullable: true,
  example: '2030-01-31',
} as const;

/** A date that passed, for the documentation. */
export const overdueDocumentation = {
  example: false,
  description:
    'Whether a day is over on which nobody has reported an arrival. The rules go on counting on that day; tell it no ' +
    'customer.',
} as const;

/** Whether and when so many pieces can be had, by the rules by which a line is allocated. */
export class QuoteView {
  @ApiProperty({ type: 'integer', example: 10, description: 'Pieces wanted.' })
  qty!: number;

  @ApiProperty({ example: true, description: 'Whether there is a batch with so many left.' })
  canPromise!: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'batch-001',
    description: 'The batch that a line would get now.',
  })
  batchRef!: string | null;

  @ApiProperty({
    ...etaDocumentation,
    description: 'The earliest day; null: from the warehouse, or not at all.',
  })
  eta!: string | null;

  @ApiProperty(overdueDocumentation)
  overdue!: boolean;
}

/** What one line can be of a quantity that no batch has alone. */
export class SplitLineView {
  @ApiProperty({ example: 'batch-001' })
  batchRef!: string;

  @ApiProperty({ ...etaDocumentation, description: 'The day of arrival; null: in the warehouse.' })
  eta!: string | null;

  @ApiProperty({ type: 'integer', example: 10, description: 'Pieces.' })
  qty!: number;

  @ApiProperty(overdueDocumentation)
  overdue!: boolean;
}

/** How a quantity can be had that no batch has alone. */
export class SplitView {
  @ApiProperty({
    type: [SplitLineView],
    description:
      'The lines to ask for, in this order, the earliest first, each with an `orderId` of its own: an order has one ' +
      'line of a SKU. Each then gets the batch that is named here.',
  })
  lines!: SplitLineView[];

  @ApiProperty({ type: 'integer', example: 0, description: 'Pieces that all batches together have too few.' })
  missing!: number;

  @ApiProperty({
    ...etaDocumentation,
    description: 'The day of the last line; null: all are in the warehouse.',
  })
  eta!: string | null;

  @ApiProperty(overdueDocumentation)
  overdue!: boolean;
}

/** What is told of a line of so many pieces. @param batches in the order of rule 2 */
export function quoteOf(qty: number, batches: readonly OpenBatch[]): QuoteView {
  return viewOfQuote(qty, quote(batches, qty));
}

/** What is told of a line for which this batch was found, or none. */
export function viewOfQuote(qty: number, batch: OpenBatch | undefined): QuoteView {
  const { ref: batchRef = null, eta = null, overdue = false } = batch ?? {};
  return { qty, canPromise: batch !== undefined, batchRef, eta, overdue };
}

/** What is told of so many pieces that can only be had in several lines. @param batches in the order of rule 2 */
export function splitOf(qty: number, batches: readonly OpenBatch[]): SplitView {
  return viewOfSplit(split(batches, qty));
}

/** What is told of a quantity for which these parts were found. */
export function viewOfSplit({ parts, missing }: Split): SplitView {
  const lines = parts.map(({ batch: { ref: batchRef, eta, overdue }, qty }) => ({
    batchRef,
    eta,
    qty,
    overdue,
  }));
  return { lines, missing, ...lastOf(lines) };
}

/** The day on which everything is there, and whether it is no day to tell. */
export function lastOf(
  dates: readonly Pick<SplitLineView, 'eta' | 'overdue'>[],
): Pick<SplitView, 'eta' | 'overdue'> {
  return {
    eta: dates.reduce<string | null>(
      (last, { eta }) => (eta !== null && (last === null || eta > last) ? eta : last),
      null,
    ),
    overdue: dates.some(({ overdue }) => overdue),
  };
}
