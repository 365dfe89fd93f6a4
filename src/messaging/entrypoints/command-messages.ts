import { isUtf8 } from 'node:buffer';
import { ChangeBatchQuantity, CreateBatch } from '../../allocation/contracts';
import { Name, OptionalDay, Quantity, Text } from '../../http/fields';
import { readFields } from '../../http/syntax.pipe';
import { type IncomingMessage, Unprocessable } from '../broker/broker';
import { CHANGE_BATCH_QUANTITY } from '../broker/redis-pub-sub-broker';
import { BATCH_CREATED, BATCH_QUANTITY_CHANGED } from '../broker/redis-streams-broker';

/** More than any message needs, in bytes. */
const MAX_BODY = 64 * 1024;

/** Stock was bought. */
class BatchMessage {
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
class BatchQuantityMessage {
  @Text('The reference of the batch.', 'batch-001')
  readonly batchref!: string;

  @Quantity('Pieces that the batch holds now. 0: the whole shipment is lost.', 80, 0)
  readonly qty!: number;

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
  const { checked, errors } = readFields<BatchMessage | BatchQuantityMessage>(
    messageTypes[channel],
    parse(body),
  );
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
