import type { Statements } from '../database/sql';

/** Events that are looked for in one statement. */
const SLICE = 2_000;

/**
 * Whether events before a position are still to be delivered again to somebody, or for the first time: what an older version
 * of the service passed waits for the newer one that knows it.
 * @param end the position before which they lie
 * @param before readers that were last seen before that do not count
 */
export async function waitsForEvents(sql: Statements, end: number, before: Date): Promise<boolean> {
  const skipped = await sql.row(
    `SELECT FROM skipped_events s JOIN readers r ON r.name = s.reader
     WHERE s.first_position < $1 AND r.seen_at >= $2 LIMIT 1`,
    [end, before],
  );
  if (skipped) return true;
  let after = ['', '', '0'];
  for (;;) {
    const [slice] = await sql.rows<{ count: number; last: string[]; needed: boolean }>(
      `WITH it AS MATERIALIZED (
         SELECT reader, sku, sequence FROM redeliveries WHERE (reader, sku, sequence) > ($1, $2, $3::bigint)
         ORDER BY reader, sku, sequence LIMIT ${SLICE}
       )
       SELECT (SELECT count(*)::int FROM it) AS count,
         (SELECT ARRAY[reader, sku, sequence::text] FROM it ORDER BY reader DESC, sku DESC, sequence DESC LIMIT 1) AS last,
         EXISTS (
           SELECT FROM it
           CROSS JOIN LATERAL (SELECT FROM readers WHERE name = it.reader AND seen_at >= $5 LIMIT 1) reader
           CROSS JOIN LATERAL (
             SELECT FROM log l WHERE l.sku = it.sku AND l.sequence = it.sequence AND l.position < $4 LIMIT 1) event
         ) AS needed`,
      [...after, end, before],
    );
    if (slice.needed) return true;
    if (slice.count < SLICE) return false;
    after = slice.last;
  }
}
