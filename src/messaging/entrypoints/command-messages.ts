import { isUtf8 } from 'node:buffer';
import { validateSync } from 'class-validator';
import { ChangeBatchQuantity, CreateBatch } from '../../allocation/contracts';
import { OptionalDay, Quantity, Text } from '../../http/fields';
import { type IncomingMessage, Unprocessable } from '../broker/broker';
import { CHANGE_BATCH_QUANTITY } from '../broker/redis-pub-sub-broker';
import { BATCH_CREATED, BATCH_QUANTITY_CHANGED } from '../broker/redis-streams-broker';

/** More than any message needs, in bytes. */
const MAX_BODY = 64 * 1024;

type Body = Readonly<Record<string, unknown>>;

/** Stock was bought. Fields that are not named here are ignored. */
class BatchMessage {
  @Text('The reference of the batch, unique among all batches of all SKUs.', 'batch-001')
  readonly ref: string;

  @Text('The product.', 'SMALL-TABLE')
  readonly sku: string;

  @Quantity('Pieces bought.', 100)
  readonly qty: number;

  @OptionalDay('The day of arrival. Null or absent: the batch is in the warehouse.', '2030-01-31')
  readonly eta?: string | null;

  constructor(body: Body) {
    this.ref = body.ref as string;
    this.sku = body.sku as string;
    this.qty = body.qty as number;
    this.eta = body.eta as string | null | undefined;
  }

  toCommand(): CreateBatch {
    return new CreateBatch(this.ref, this.sku, this.qty, this.eta ?? null);
  }
}

/** A batch holds more or less than was bought. */
class BatchQuantityMessage {
  @Text('The reference of the batch.', 'batch-001')
  readonly batchref: string;

  @Quantity('Pieces that the batch holds now. 0: the whole shipment is lost.', 80, 0)
  readonly qty: number;

  constructor(body: Body) {
    this.batchref = body.batchref as string;
    this.qty = body.qty as number;
  }

  toCommand(): ChangeBatchQuantity {
    return new ChangeBatchQuantity(this.batchref, this.qty);
  }
}

export const messageTypes: Readonly<Record<string, typeof BatchMessage | typeof BatchQuantityMessage>> = {
  [BATCH_CREATED]: BatchMessage,
  [BATCH_QUANTITY_CHANGED]: BatchQuantityMessage,
  [CHANGE_BATCH_QUANTITY]: BatchQuantityMessage,
};

/**
 * The command that a message asks for. What it says is checked like a request over HTTP.
 * @throws Unprocessable
 */
export function commandOf({ channel, body }: IncomingMessage): CreateBatch | ChangeBatchQuantity {
  const message = new messageTypes[channel](parse(body));
  const errors = validateSync(message).map(
    ({ property, constraints }) => `${property} ${Object.values(constraints ?? {}).join(', ')}`,
  );
  if (errors.length > 0) throw new Unprocessable(errors.join('; '));
  return message.toCommand();
}

function parse(body: Uint8Array): Body {
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
  return parsed as Body;
}
