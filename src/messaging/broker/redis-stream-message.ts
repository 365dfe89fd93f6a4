import { type IncomingMessage, Unprocessable } from './broker';
import { misspellings } from '../../syntax';
import { isTraceparent } from '../../tracing';
import type { Entry } from './redis-consumer-group';

/** Ids that senders choose, as in an X-Request-Id: 1 to 128 visible ASCII characters. */
const ID = /^[\x21-\x7e]{1,128}$/;

/**
 * The message in a stream's entry: its field `data`, and three that may be left out: `id`, the sender's own,
 * by which a message is recognised that was sent twice, `correlationid` and `traceparent`.
 * @throws Unprocessable
 */
export function messageOf({ stream, id, fields = [] }: Entry): IncomingMessage {
  const field = (name: string): Buffer | undefined => {
    const index = fields.findIndex((value, at) => at % 2 === 0 && value.toString() === name);
    return index === -1 ? undefined : fields[index + 1];
  };
  // Taken as left out, an `ID` would let a message that comes again be carried out again.
  const names = fields.filter((_, at) => at % 2 === 0).map(String);
  const [misspelt] = misspellings(names, ['id', 'data']);
  if (misspelt)
    throw new Unprocessable(`The field ${misspelt.field} is unknown; did you mean ${misspelt.meant}?`);
  const ownId = field('id')?.toString('latin1');
  if (ownId !== undefined && !ID.test(ownId)) {
    throw new Unprocessable('The field id must be 1 to 128 visible ASCII characters, or left out');
  }
  const body = field('data');
  if (!body) throw new Unprocessable('The message has no field data');
  const correlationId = field('correlationid')?.toString('latin1') ?? '';
  const traceparent = field('traceparent')?.toString('latin1');
  return {
    // Ids are unique within their stream, and a sender's own ones are another kind than those of Redis.
    id: ownId === undefined ? `${stream}/${id}` : `${stream}/id/${ownId}`,
    channel: stream,
    body,
    correlationId: ID.test(correlationId) ? correlationId : undefined,
    traceparent: isTraceparent(traceparent) ? traceparent : undefined,
  };
}
