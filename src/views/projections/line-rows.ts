import { setImmediate } from 'node:timers/promises';
import { type LineAfter, lineAfter, lineKey, type Recorded } from '../../allocation/contracts';
import { inSlices, SLICE } from '../../database/in-slices';
import type { Query } from '../../database/transaction';
import { addToSums, WRITTEN } from './line-sums';

/** A line as the event left it that tells of it last. */
interface NewestLine {
  readonly line: LineAfter;
  readonly sequence: number;
  readonly changedAt: Date;
}

/**
 * Writes what the events say, in whatever order they come and however often: the newest one counts; and with the lines
 * their sums. Resolves when the statements are sent.
 * @param schema of the tables, with a full stop; that of the views when left out
 */
export async function writeLines(query: Query, events: readonly Recorded[], schema = ''): Promise<void> {
  const newest = [...(await newestOfLines(events)).values()];
  await inSlices(newest, (slice) => writeRows(query, slice, schema));
}

/** Each line as the newest event left it. */
async function newestOfLines(events: readonly Recorded[]): Promise<Map<string, NewestLine>> {
  const newest = new Map<string, NewestLine>();
  let count = 0;
  for (const { event, sequence, occurredAt } of events) {
    count += 1;
    if (count % SLICE === 0) await setImmediate();
    const line = lineAfter(event, sequence);
    if (!line) continue;
    const key = lineKey(line);
    if (sequence > (newest.get(key)?.sequence ?? 0))
      newest.set(key, { line, sequence, changedAt: occurredAt });
  }
  return newest;
}

function writeRows(query: Query, lines: readonly NewestLine[], schema: string): Promise<unknown> {
  // In the order of the keys, so that two instances never wait for each other.
  return query(
    `WITH written AS (
     INSERT INTO ${schema}view_lines AS line (order_id, sku, qty, state, batch_ref, eta, sequence, changed_at,
       priority, asked_sequence, expires_at)
     SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::date[], $7::bigint[],
                          $8::timestamptz[], $9::int[], $10::bigint[], $11::timestamptz[])
     ORDER BY 1, 2
     ON CONFLICT (order_id, sku) DO UPDATE
     SET qty = excluded.qty, state = excluded.state, batch_ref = excluded.batch_ref, eta = excluded.eta,
         sequence = excluded.sequence, changed_at = excluded.changed_at, priority = excluded.priority,
         asked_sequence = excluded.asked_sequence, expires_at = excluded.expires_at,
         was_state = line.state, was_eta = line.eta, was_qty = line.qty
     WHERE line.sequence < excluded.sequence
     RETURNING ${WRITTEN}
     ) ${addToSums(schema)}`,
    [
      lines.map(({ line }) => line.orderId),
      lines.map(({ line }) => line.sku),
      lines.map(({ line }) => line.qty),
      lines.map(({ line }) => line.state),
      lines.map(({ line }) => line.batchRef),
      lines.map(({ line }) => line.eta),
      lines.map(({ sequence }) => sequence),
      lines.map(({ changedAt }) => changedAt),
      lines.map(({ line }) => line.priority),
      lines.map(({ line }) => line.askedSequence),
      lines.map(({ line }) => line.expiresAt),
    ],
  );
}
