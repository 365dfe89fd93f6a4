import { ApiExtraModels, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import {
  Email,
  Items,
  Name,
  OptionalFlag,
  OptionalInteger,
  Quantity,
  Text,
} from '../../http/requests/fields';
import { checkItems, checkPart } from '../../http/requests/syntax.pipe';
import { LARGEST_QUANTITY } from '../../syntax';
import type { Wish } from '../domain/order';

/** Lines that an order may have. */
const MOST_LINES = 100;
/** Days for which an order can be reserved at most. */
const MOST_DAYS = 30;

export class LineOfOrderRequest {
  @Name('The product. An order names it once.', 'SMALL-TABLE')
  sku!: string;

  @Quantity('Pieces wanted, all of them from one batch.', 10)
  qty!: number;

  @OptionalInteger('Larger is served first. Left out: 10 for a customer who is a VIP, 0 for others.', 0, [
    -LARGEST_QUANTITY,
    LARGEST_QUANTITY,
  ])
  priority?: number;
}

export class CustomerOfOrderRequest {
  @Name('The customer.', 'customer-001')
  id!: string;

  @Email('Where he gets mails. Left out: it stays as it is.', 'jo@example.com')
  email?: string;
}

@ApiExtraModels(CustomerOfOrderRequest)
export class OrderRequest {
  @Name('The order, unique among all orders.', 'order-101')
  orderId!: string;

  @IsOptional()
  @ApiPropertyOptional({
    description: 'Who orders.',
    nullable: true,
    allOf: [{ $ref: '#/components/schemas/CustomerOfOrderRequest' }],
  })
  customer?: unknown;

  @Items(LineOfOrderRequest, MOST_LINES)
  lines!: unknown[];

  @OptionalFlag('Whether the lines that can be had are taken, instead of all or nothing.', false)
  partial?: boolean;

  @OptionalFlag('Whether lines that cannot be had wait for pieces.', false)
  wait?: boolean;

  @OptionalInteger(
    'Seconds for which the order is held, to be confirmed meanwhile; left out: it is wanted for good.',
    900,
    [1, MOST_DAYS * 24 * 60 * 60],
  )
  reserveFor?: number;
}

/** What is wished for, and where the customer gets mails. */
export interface CheckedOrder {
  readonly wish: Wish;
  readonly email?: string;
}

/** @throws ProblemException when a line or the customer breaks the syntax, or two lines are of one SKU */
export function checkOrder({ customer, lines, partial, wait, reserveFor }: OrderRequest): CheckedOrder {
  const buyer =
    customer === undefined || customer === null
      ? undefined
      : checkPart(CustomerOfOrderRequest, 'customer', customer);
  const checked = checkItems(LineOfOrderRequest, 'lines', lines, 'sku');
  const wish = {
    customerId: buyer?.id ?? null,
    lines: checked
      .map(({ sku, qty, priority }) => ({ sku, qty, priority }))
      .toSorted((a, b) => (a.sku < b.sku ? -1 : 1)),
    partial: partial ?? false,
    wait: wait ?? false,
    reserveFor: reserveFor ?? null,
  };
  return { wish, email: buyer?.email };
}

export class QuantityRequest {
  @Quantity('Pieces wanted from now on, all of them from one batch.', 12)
  qty!: number;
}

export class OrderPath {
  @Text('The order.', 'order-101')
  orderId!: string;
}

export class LineOfOrderPath extends OrderPath {
  @Text('The product.', 'SMALL-TABLE')
  sku!: string;
}
