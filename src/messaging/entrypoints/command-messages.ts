import { isUtf8 } from 'node:buffer';
import type { Command } from '@nestjs/cqrs';
import {
  AdjustStock,
  type AdjustmentReason,
  adjustmentReasons,
  Allocate,
  ChangeBatchEta,
  ChangeBatchQuantity,
  ConfirmReservation,
  CreateBatch,
  Deallocate,
  Dispatch,
  OrderLine,
  RecordArrival,
} from '../../allocation/contracts';
import {
  Day,
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
import { readFields } from '../../http/requests/syntax.pipe';
import { ADJUSTMENTS, LARGEST_QUANTITY, PRIORITIES, RESERVATION_SECONDS } from '../../syntax';
import { type IncomingMessage, Unprocessable } from '../broker/broker';
import { CHANGE_BATCH_QUANTITY } from '../broker/redis-pub-sub-broker';
import {
  BATCH_ARRIVED,
  BATCH_CREATED,
  BATCH_ETA_CHANGED,
  BATCH_QUANTITY_CHANGED,
  LINE_CANCELLED,
  LINE_CONFIRMED,
  LINE_DISPATCHED,
  LINE_ORDERED,
  STOCK_ADJUSTED,
} from '../broker/redis-streams-broker';

/** More than any message needs, in bytes. */
const MAX_BODY = 64 * 1024;

/** What a message asks for. */
interface CommandMessage {
  toCommand(): Command<unknown>;
}

/** Stock was bought. */
class BatchMessage implements CommandMessage {
  @Name('The reference of the batch, unique among all batches of all SKUs.', 'batch-001')
  readonly ref!: string;

  @Name('The product.', 'SMALL-TABLE')
  readonly sku!: string;

  @Quantity('Pieces bought.', 100)
  readonly qty!: number;

  @OptionalDay('The day of arrival. Null or absent: the batch is in the warehouse.', '2030-01-31')
  readonly eta?: string | null;

  toCommand(): CreateBatch {
    return new CreateBatch(this.ref, this.sku, this.qty, this.eta ?? null);
  }
}

/** A batch holds more or less than was bought. */
class BatchQuantityMessage implements CommandMessage {
  @Text('The reference of the batch.', 'batch-001')
  readonly batchref!: string;

  @Quantity('Pieces that the batch holds now. 0: the whole shipment is lost.', 80, 0)
  readonly qty!: number;

  toCommand(): ChangeBatchQuantity {
    return new ChangeBatchQuantity(this.batchref, this.qty);
  }
}

/** A batch in transit is expected on another day. */
class BatchEtaMessage implements CommandMessage {
  @Text('The reference of the batch.', 'batch-002')
  readonly batchref!: string;

  @Day('The new day of arrival.', '2030-02-28')
  readonly eta!: string;

  toCommand(): ChangeBatchEta {
    return new ChangeBatchEta(this.batchref, this.eta);
  }
}

/** A batch is in the warehouse. */
class BatchArrivedMessage implements CommandMessage {
  @Text('The reference of the batch.', 'batch-002')
  readonly batchref!: string;

  @OptionalInteger('Pieces that came; absent: as many as were expected.', 48, [0, LARGEST_QUANTITY])
  readonly qty?: number;

  toCommand(): RecordArrival {
    return new RecordArrival(this.batchref, this.qty);
  }
}

/** Pieces were found to be there, or not to be there. */
class StockAdjustedMessage implements CommandMessage {
  @Text('The reference of the batch.', 'batch-001')
  readonly batchref!: string;

  @Integer('Pieces more than were known, or fewer when negative.', -2, ADJUSTMENTS)
  readonly delta!: number;

  @OneOf('Why.', adjustmentReasons)
  readonly reason!: AdjustmentReason;

  @OptionalNote('What else is to be known about it.', 'Two legs are broken')
  readonly note?: string;

  toCommand(): AdjustStock {
    return new AdjustStock(this.batchref, this.delta, this.reason, this.note ?? null);
  }
}

/** An order line came in. */
class LineOrderedMessage implements CommandMessage {
  @Name('The order. Within a SKU it identifies the line.', 'order-001')
  readonly orderid!: string;

  @Name('The product.', 'SMALL-TABLE')
  readonly sku!: string;

  @Quantity('Pieces wanted, all of them from one batch.', 10)
  readonly qty!: number;

  @OptionalInteger('Larger is served first in shortages and on the wait-list.', 0, PRIORITIES)
  readonly priority?: number;

  @OptionalFlag('Whether the line waits for pieces when no batch can take it.', false)
  readonly wait?: boolean;

  @OptionalInteger(
    'Seconds for which the line is held, to be confirmed meanwhile; absent: it is wanted for good.',
    900,
    RESERVATION_SECONDS,
  )
  readonly reserve_for?: number;

  toCommand(): Allocate {
    const { priority, wait, reserve_for: reserveFor } = this;
    return new Allocate(new OrderLine(this.orderid, this.sku, this.qty), { priority, wait, reserveFor });
  }
}

const KnownOrder = () => Text('The order.', 'order-001');
const KnownSku = () => Text('The product.', 'SMALL-TABLE');

/** A reserved line is wanted for good. */
class LineConfirmedMessage implements CommandMessage {
  @KnownOrder()
  readonly orderid!: string;

  @KnownSku()
  readonly sku!: string;

  toCommand(): ConfirmReservation {
    return new ConfirmReservation(this.orderid, this.sku);
  }
}

/** A line left the warehouse. */
class LineDispatchedMessage implements CommandMessage {
  @KnownOrder()
  readonly orderid!: string;

  @KnownSku()
  readonly sku!: string;

  toCommand(): Dispatch {
    return new Dispatch(this.orderid, this.sku);
  }
}

/** A line is not wanted any more. */
class LineCancelledMessage implements CommandMessage {
  @KnownOrder()
  readonly orderid!: string;

  @KnownSku()
  readonly sku!: string;

  toCommand(): Deallocate {
    return new Deallocate(this.orderid, this.sku);
  }
}

export const messageTypes: Readonly<Record<string, new () => CommandMessage>> = {
  [BATCH_CREATED]: BatchMessage,
  [BATCH_QUANTITY_CHANGED]: BatchQuantityMessage,
  [CHANGE_BATCH_QUANTITY]: BatchQuantityMessage,
  [BATCH_ETA_CHANGED]: BatchEtaMessage,
  [BATCH_ARRIVED]: BatchArrivedMessage,
  [STOCK_ADJUSTED]: StockAdjustedMessage,
  [LINE_ORDERED]: LineOrderedMessage,
  [LINE_CONFIRMED]: LineConfirmedMessage,
  [LINE_DISPATCHED]: LineDispatchedMessage,
  [LINE_CANCELLED]: LineCancelledMessage,
};

/**
 * The command that a message asks for. What it says is checked like a request over HTTP.
 * @throws Unprocessable
 */
export function commandOf({ channel, body }: IncomingMessage): Command<unknown> {
  const { checked, errors } = readFields(messageTypes[channel], parse(body));
  if (errors.length > 0) {
    throw new Unprocessable(errors.map(({ field, message }) => `${field} ${message}`).join('; '));
  }
  return checked.toCommand();
}

function parse(body: Uint8Array): object {
  if (body.length > MAX_BODY)
    throw new Unprocessable(`The message must not be longer than ${MAX_BODY} bytes`);
  // Decoded anyway, a broken character would become U+FFFD, and another reference.
  if (!isUtf8(body)) throw new Unprocessable('The message must be UTF-8');
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(body).toString());
  } catch {
    throw new Unprocessable('The message must be valid JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new Unprocessable('The message must be a JSON object');
  }
  return parsed;
}
