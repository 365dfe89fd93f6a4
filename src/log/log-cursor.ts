import { parse } from 'uuid';
import type { Epoch } from './log-epochs';
import type { LogExtent } from './event-log';

const EPOCH_BYTES = 16;
const BYTES = EPOCH_BYTES + 8;

/** A cursor that nothing of this service can have given out. */
export class UnknownCursor extends Error {}

/** What followed the cursor is no longer there: it was not retained, or the database is another one now. */
export class CursorExpired extends Error {
  constructor() {
    super('The events after this position are no longer there; make your copy anew and go on from there');
  }
}

/**
 * A place in the log as clients keep it: opaque, and safe in a URL.
 * @param position of the last event that was read
 * @param epochs of the database, the newest first
 */
export function cursorOf(position: number, epochs: readonly Epoch[]): string {
  const epoch = epochs.find(({ first }) => first <= position) ?? epochs[epochs.length - 1];
  const bytes = Buffer.alloc(BYTES);
  bytes.set(parse(epoch.id));
  bytes.writeBigUInt64BE(BigInt(position), EPOCH_BYTES);
  return bytes.toString('base64url');
}

/**
 * The position that a cursor stands for in this database.
 *
 * A database that was restored has the events of its earlier epochs as far as it was restored, and a client that has read
 * no further goes on. One that has read further has seen events that are gone, so their positions are refused.
 * @throws UnknownCursor, CursorExpired
 */
export function positionOf(cursor: string, epochs: readonly Epoch[], { first, last }: LogExtent): number {
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.length !== BYTES || bytes.toString('base64url') !== cursor) throw new UnknownCursor();
  const position = Number(bytes.readBigUInt64BE(EPOCH_BYTES));
  const index = epochs.findIndex(({ id }) => bytes.subarray(0, EPOCH_BYTES).equals(parse(id)));
  const end = index > 0 ? epochs[index - 1].first - 1 : last;
  if (index < 0 || position > end || position < first - 1) throw new CursorExpired();
  return position;
}
