import { Injectable } from '@nestjs/common';
import { DatabaseHealth } from '../../database/database-health';
import type { KeyScope } from '../../scopes';

/** A secret that is good now. A key has two while it is rotated. */
export interface Credential {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  readonly hash: Buffer;
  /** For how many milliseconds more, by the clock of the database; null: for good. */
  readonly msLeft: number | null;
}

/** All that an instance has to know to let requests in. */
export interface KnownKeys {
  /** How many changes there have been. */
  readonly changes: number;
  /** Whether there is any key, also one that was revoked or has expired. */
  readonly exist: boolean;
  readonly credentials: readonly Credential[];
}

/**
 * The keys, for whoever lets requests in. It asks on the connection that `ready` has: what was revoked must not wait behind
 * commands and questions. Every call throws Unavailable.
 */
@Injectable()
export class KeyLookup {
  constructor(private readonly database: DatabaseHealth) {}

  /** How many changes there have been: the keys are to be read again when it is another number. */
  async changes(): Promise<number> {
    const [{ count }] = await this.database.ask<{ count: string }>('SELECT count FROM api_key_changes');
    return Number(count);
  }

  async read(): Promise<KnownKeys> {
    // One statement, and so one moment: the keys are those of that number of changes.
    const rows = await this.database.ask<Credential & { count: string; exist: boolean }>(
      `SELECT count, EXISTS (SELECT FROM api_keys) AS exist, id, name, scopes, hash,
              extract(epoch FROM ends_at - now())::float8 * 1000 AS "msLeft"
       FROM api_key_changes LEFT JOIN (
         SELECT id, name, scopes, hash, expires_at AS ends_at FROM api_keys WHERE revoked_at IS NULL
         UNION ALL
         SELECT id, name, scopes, previous_hash, least(previous_until, expires_at) FROM api_keys
         WHERE revoked_at IS NULL AND previous_hash IS NOT NULL
       ) AS credentials ON ends_at IS NULL OR ends_at > now()`,
    );
    const [{ count, exist }] = rows;
    // Where there is none, a row of nulls has the rest.
    return { changes: Number(count), exist, credentials: rows.filter(({ id }) => id !== null) };
  }

  /** Writes down when keys were used. */
  async used(at: ReadonlyMap<string, Date>): Promise<void> {
    await this.database.ask(
      `UPDATE api_keys SET last_used_at = greatest(last_used_at, at)
       FROM unnest($1::uuid[], $2::timestamptz[]) AS used (key_id, at) WHERE id = key_id`,
      [[...at.keys()], [...at.values()]],
    );
  }
}
