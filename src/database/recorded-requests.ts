import { KeyInUse, type RecordedPart } from '../idempotent-request';
import { databaseErrorCode, UNIQUE_VIOLATION } from './errors';
import type { Query } from './transaction';

const PRIMARY_KEY = 'idempotency_keys_pkey';

/**
 * Records requests with what they came to, in the transaction of what they change. One that is recorded already spoils the
 * transaction: see `keyInUse`.
 * @returns the promise of the statement itself, for which a transaction that sends without waiting need not wait
 */
export function recordParts(query: Query, parts: readonly RecordedPart[]): Promise<unknown> {
  return query(
    `INSERT INTO idempotency_keys (caller, key, part, fingerprint, result)
     SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::bytea[], $5::json[])`,
    [
      parts.map(({ caller }) => caller),
      parts.map(({ key }) => key),
      parts.map(({ part }) => part),
      parts.map(({ fingerprint }) => `\\x${fingerprint.toString('hex')}`),
      parts.map(({ result }) => JSON.stringify(result) ?? 'null'),
    ],
  );
}

/** What an error of the database means when a request was recorded already; undefined when it means something else. */
export function keyInUse(error: unknown): KeyInUse | undefined {
  const { constraint, detail = '' } = (error ?? {}) as { constraint?: string; detail?: string };
  if (databaseErrorCode(error) !== UNIQUE_VIOLATION || constraint !== PRIMARY_KEY) return undefined;
  // As in: Key (caller, key, part)=(…, …, 0) already exists.
  return new KeyInUse(/=\([^,]*, (.*), \d+\) already exists/s.exec(detail)?.[1] ?? '');
}
