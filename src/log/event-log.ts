import type { Statements } from '../database/sql';
import type { Epoch } from './log-epochs';
import {
  type LoggedEvent,
  type LoggedRow,
  STORED_COLUMNS,
  type StoredEvent,
  type StoredRow,
  toLogged,
  toStored,
} from './stored-event';

/** Which part of the log there is to read. */
export interface LogExtent {
  /** The position of the newest event; 0 when there was never one. */
  readonly last: number;
  /** The position of the oldest event that is retained, or that of the next one when none is. */
  readonly first: number;
}

/** The extent of the log, and the epochs by which cursors are read and made. */
export interface LogHead extends LogExtent {
  /** The newest first. */
  readonly epochs: readonly Epoch[];
}

/** What a reader wants of the log: events of these types and of these SKUs; all of them when left out. */
export interface EventFilter {
  readonly types?: readonly string[];
  /** Types that are left out. */
  readonly exceptTypes?: readonly string[];
  readonly skus?: readonly string[];
}

/** Some events of the log, and how far it was read to find them. */
export interface LogPage {
  readonly events: readonly LoggedEvent[];
  /** All that the filter lets through up to here is in `events`; go on after it. */
  readonly position: number;
}

/** Events that are looked at for one page at most, so that a filter which lets little through costs no more. */
const LOOKED_AT = 10_000;

/** Which part of the log there is right now. What is committed a moment ago may still have to be numbered. */
export async function extentOfLog(sql: Statements): Promise<LogExtent> {
  const [head] = await sql.rows<{ last: string; first: string }>(
    'SELECT position AS last, first_position AS first FROM log_head',
  );
  return { last: Number(head.last), first: Number(head.first) };
}

/** The same with the epochs, all as of one moment. */
export async function headOfLog(sql: Statements): Promise<LogHead> {
  const [head] = await sql.rows<{ last: string; first: string; epochs: [string, number][] }>(
    `SELECT position AS last, first_position AS first,
            (SELECT json_agg(json_build_array(epoch, first_position) ORDER BY first_position DESC, began_at DESC)
             FROM log_epochs) AS epochs
     FROM log_head`,
  );
  return {
    last: Number(head.last),
    first: Number(head.first),
    epochs: head.epochs.map(([id, position]) => ({ id, first: position })),
  };
}

/**
 * Reads the log in its order.
 * @param after the position after which to begin
 * @param limit so many events at most
 * @returns a page whose position is `after` again when there is nothing more yet
 */
export async function readLog(
  sql: Statements,
  after: number,
  limit: number,
  { types, exceptTypes, skus }: EventFilter = {},
): Promise<LogPage> {
  if (!types && !exceptTypes && !skus) {
    const rows = await sql.rows<LoggedRow>(
      `SELECT position, ${STORED_COLUMNS} FROM log WHERE position > $1 ORDER BY position LIMIT $2`,
      [after, limit],
    );
    const events = rows.map(toLogged);
    return { events, position: events.at(-1)?.position ?? after };
  }
  const [{ last }] = await sql.rows<{ last: string }>(
    'SELECT least(position, $1::bigint) AS last FROM log_head',
    [after + LOOKED_AT],
  );
  const rows = await sql.rows<LoggedRow>(
    `SELECT position, ${STORED_COLUMNS} FROM log
     WHERE position > $1 AND position <= $2
       AND ($3::text[] IS NULL OR type = ANY ($3::text[])) AND ($4::text[] IS NULL OR sku = ANY ($4::text[]))
       AND ($5::text[] IS NULL OR type <> ALL ($5::text[]))
     ORDER BY position LIMIT $6`,
    [after, last, types ?? null, skus ?? null, exceptTypes ?? null, limit],
  );
  const events = rows.map(toLogged);
  // A full page ends with its last event; more of what the filter lets through may follow at once.
  return {
    events,
    position: events.length === limit ? events.at(-1)!.position : Math.max(after, Number(last)),
  };
}

/** The events at these positions, in their order. */
export async function eventsAt(sql: Statements, positions: readonly number[]): Promise<LoggedEvent[]> {
  const rows = await sql.rows<LoggedRow>(
    `SELECT position, ${STORED_COLUMNS} FROM log WHERE position = ANY ($1::bigint[]) ORDER BY position`,
    [positions],
  );
  return rows.map(toLogged);
}

/** Some events that are committed and have no position yet, and where to go on after them. */
export interface ArrivedPage {
  readonly events: readonly StoredEvent[];
  readonly next: string;
}

/**
 * Reads events that are not numbered yet, in the order of their arrival. They may be numbered meanwhile: whoever must
 * not miss any reads these first and then what the log has got.
 * @param after where the page before ended; `0` for the first one
 * @returns undefined when there are no more
 */
export async function eventsNotNumbered(
  sql: Statements,
  after: string,
  limit: number,
): Promise<ArrivedPage | undefined> {
  const rows = await sql.rows<LoggedRow>(
    `SELECT position, ${STORED_COLUMNS} FROM outbox WHERE position > $1 ORDER BY position LIMIT $2`,
    [after, limit],
  );
  return rows.length === 0 ? undefined : { events: rows.map(toStored), next: rows.at(-1)!.position };
}

/** Names an event by what it is the how-manieth of. */
export interface EventKey {
  readonly sku: string;
  readonly sequence: number;
}

/** Those of these events that there are, numbered or not yet, all as of one moment; others are no longer retained. */
export async function eventsOf(sql: Statements, keys: readonly EventKey[]): Promise<StoredEvent[]> {
  const rows = await sql.rows<StoredRow>(
    `SELECT event.*
     FROM unnest($1::text[], $2::bigint[]) AS wanted (sku, sequence)
     CROSS JOIN LATERAL (
       SELECT ${STORED_COLUMNS} FROM events e WHERE e.sku = wanted.sku AND e.sequence = wanted.sequence LIMIT 1
     ) event`,
    [keys.map(({ sku }) => sku), keys.map(({ sequence }) => sequence)],
  );
  return rows.map(toStored);
}
