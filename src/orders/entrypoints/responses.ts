import { ApiProperty } from '@nestjs/swagger';
import type { LineStatus } from '../application/stock';
import { type LineState, type Order, type OrderState, orderStates, stateOf } from '../domain/order';

const lineStates: readonly LineState[] = [
  'reserved',
  'allocated',
  'waiting',
  'dispatched',
  'out of stock',
  'deallocated',
  'expired',
];

/** How a line of an order stands. */
export class LineOfOrderView {
  @ApiProperty({ example: 'SMALL-TABLE' })
  sku!: string;

  @ApiProperty({ type: 'integer', example: 10 })
  qty!: number;

  @ApiProperty({ type: 'integer', example: 0, description: 'Larger is served first.' })
  priority!: number;

  @ApiProperty({ enum: lineStates, example: 'allocated' })
  state!: LineState;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'batch-001',
    description: 'The batch that serves the line; null when none does.',
  })
  batchRef!: string | null;

  @ApiProperty({
    type: String,
    format: 'date',
    nullable: true,
    example: '2030-01-31',
    description: 'The day on which that batch arrives; null: it is in the warehouse.',
  })
  eta!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: null,
    description: 'Until when the line is held; null when it is not reserved.',
  })
  expiresAt!: string | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: null,
    description: 'Which one it is on the wait-list: 1 is the next; null when it does not wait.',
  })
  place!: number | null;
}

/** How an order stands. */
export class OrderView {
  @ApiProperty({ example: 'order-101' })
  orderId!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'customer-001',
    description: 'The id of the customer; null when it has none.',
  })
  customerId!: string | null;

  @ApiProperty({
    enum: orderStates,
    example: 'confirmed',
    description:
      'What its lines say, whoever changed them: confirmed when each line that is held is held for good. While it is ' +
      'placing, nobody knows yet.',
  })
  state!: OrderState;

  @ApiProperty({ type: [LineOfOrderView], description: 'By SKU.' })
  lines!: LineOfOrderView[];
}

/** @param statuses of the lines that the allocation knows */
export function viewOf(order: Order, statuses: readonly LineStatus[]): OrderView {
  const bySku = new Map(statuses.map((status) => [status.sku, status]));
  const lines = order.lines.map(({ sku, qty, priority }): LineOfOrderView => {
    const status = bySku.get(sku);
    return {
      sku,
      qty: status?.qty ?? qty,
      priority: status?.priority ?? priority,
      // The allocation does not know the line: it was given back long ago, or never requested because another line was
      // short.
      state: status?.state ?? (order.step === 'short' ? 'out of stock' : 'deallocated'),
      batchRef: status?.batchRef ?? null,
      eta: status?.eta ?? null,
      expiresAt: status?.expiresAt ?? null,
      place: status?.place ?? null,
    };
  });
  const state = stateOf(
    order,
    lines.map((line) => line.state),
  );
  return { orderId: order.id, customerId: order.wish.customerId, state, lines };
}
