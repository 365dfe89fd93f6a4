import {
  Integer,
  Name,
  OneOf,
  OptionalDay,
  OptionalFlag,
  OptionalInteger,
  OptionalNote,
  Quantity,
  Text,
} from '../../http/requests/fields';
import { ADJUSTMENTS, LARGEST_QUANTITY, PRIORITIES, RESERVATION_SECONDS } from '../../syntax';
import type { Terms } from '../domain/order-line';
import { type AdjustmentReason, adjustmentReasons } from '../domain/events';

/** What clients send. Version 1 says orderId where the book says orderid. */

const NewRef = () => Name('The reference of the batch, unique among all batches of all SKUs.', 'batch-001');
const NewSku = () => Name('The product.', 'SMALL-TABLE');
const NewOrderId = () => Name('The order. Within a SKU it identifies the line.', 'order-001');
const Purchased = () => Quantity('Pieces bought.', 100);
const Wanted = () => Quantity('Pieces wanted, all of them from one batch.', 10);

export class BatchRequest {
  @NewRef()
  ref!: string;

  @NewSku()
  sku!: string;

  @Purchased()
  qty!: number;

  @OptionalDay('The day of arrival. Null or absent: the batch is in the warehouse.', '2030-01-31')
  eta?: string | null;
}

/** At least one of both. */
export class BatchChangeRequest {
  @OptionalInteger('Pieces that the batch holds now. 0: the whole shipment is lost.', 80, [
    0,
    LARGEST_QUANTITY,
  ])
  qty?: number;

  @OptionalDay(
    'The new day of arrival of a batch in transit. Null is no day: an arrival is recorded by its own call.',
    '2030-02-28',
  )
  eta?: string | null;
}

export class BatchExplainRequest extends BatchChangeRequest {
  @OptionalFlag('Whether it is asked what it would mean if the batch had arrived.', false)
  arrived?: boolean;
}

export class ArrivalRequest {
  @OptionalInteger('Pieces that came; left out: as many as were expected.', 80, [0, LARGEST_QUANTITY])
  qty?: number;
}

export class AdjustmentRequest {
  @Integer('Pieces more than were known, or fewer when negative.', -2, ADJUSTMENTS)
  delta!: number;

  @OneOf('Why.', adjustmentReasons)
  reason!: AdjustmentReason;

  @OptionalNote('What else is to be known about it.', 'Two legs are broken')
  note?: string;
}

const Priority = () =>
  OptionalInteger('Larger is served first in shortages and on the wait-list.', 0, PRIORITIES);
const Wait = () => OptionalFlag('Whether the line waits for pieces when no batch can take it.', false);
const ReserveFor = () =>
  OptionalInteger(
    'Seconds for which the line is held, to be confirmed meanwhile; left out: it is wanted for good.',
    900,
    RESERVATION_SECONDS,
  );

export class LineRequest {
  @NewOrderId()
  orderId!: string;

  @NewSku()
  sku!: string;

  @Wanted()
  qty!: number;

  @Priority()
  priority?: number;

  @Wait()
  wait?: boolean;

  @ReserveFor()
  reserveFor?: number;
}

/** On which terms the line is asked for. */
export function termsOf({ priority, wait, reserveFor }: LineRequest | ExplainRequest): Terms {
  return { priority, wait, reserveFor };
}

export class ExplainRequest {
  @OptionalNote('The order, if there is one already.', 'order-001')
  orderId?: string;

  @NewSku()
  sku!: string;

  @Wanted()
  qty!: number;

  @Priority()
  priority?: number;

  @Wait()
  wait?: boolean;

  @ReserveFor()
  reserveFor?: number;
}

export class BookLineRequest {
  @NewOrderId()
  orderid!: string;

  @NewSku()
  sku!: string;

  @Wanted()
  qty!: number;
}

export class BatchPath {
  @Text('The reference of the batch.', 'batch-001')
  ref!: string;
}

export class LinePath {
  @Text('The order.', 'order-001')
  orderId!: string;

  @Text('The product.', 'SMALL-TABLE')
  sku!: string;
}
