import type { Statements } from '../../database/sql';
import { textOf } from '../../error-text';
import type { EventKey } from '../../log/contracts';
import type { RetryPolicy } from './retry-policy';

/** A reader that failed on an event for the first time. */
export interface NewFailure extends EventKey {
  readonly reader: string;
  readonly error: unknown;
}

/** Notes that events are to be delivered again. What is noted already stays as it is. */
export async function keepFailures(
  sql: Statements,
  failures: readonly NewFailure[],
  retryPolicy: RetryPolicy,
): Promise<void> {
  if (failures.length === 0) return;
  await sql.count(
    `INSERT INTO redeliveries (reader, sku, sequence, attempts, error, next_attempt_at)
     SELECT reader, sku, sequence, 1, error, now() + pause * interval '1 ms'
     FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::float8[])
       AS failed (reader, sku, sequence, error, pause)
     ON CONFLICT DO NOTHING`,
    [
      failures.map(({ reader }) => reader),
      failures.map(({ sku }) => sku),
      failures.map(({ sequence }) => sequence),
      failures.map(({ error }) => textOf(error)),
      failures.map(() => retryPolicy.pauseAfter(1)),
    ],
  );
}
