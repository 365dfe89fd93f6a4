import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { READS } from '../../database/data-source';
import { Sql, WAITED_FOR } from '../../database/sql';
import { type Key, KeyExists, KeyExpired, type KeyWish } from '../key';

const SHOWN = `id, name, scopes, last_four AS "lastFour", created_at AS "createdAt", expires_at AS "expiresAt",
  rotated_at AS "rotatedAt", CASE WHEN revoked_at IS NULL AND previous_until > now() THEN previous_until END AS "previousUntil",
  revoked_at AS "revokedAt", last_used_at AS "lastUsedAt"`;

const IN_USE = 'revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())';

/** The keys, for whoever manages them. Every call throws Unavailable when the database cannot serve. */
@Injectable()
export class KeyTable {
  private readonly sql: Sql;
  private readonly reads: Sql;

  constructor(dataSource: DataSource, @InjectDataSource(READS) reads: DataSource = dataSource) {
    this.sql = new Sql(dataSource, WAITED_FOR);
    this.reads = new Sql(reads);
  }

  /** @throws KeyExists when one of that name has not been revoked; KeyExpired by the clock that it will expire by */
  async add(id: string, { name, scopes, expiresAt }: KeyWish, hash: Buffer, lastFour: string): Promise<Key> {
    return this.sql.once(async (sql) => {
      const added = await sql.row<Key>(
        `INSERT INTO api_keys (id, name, scopes, expires_at, hash, last_four)
         SELECT $1, $2, $3, $4, $5, $6 WHERE coalesce($4::timestamptz > now(), true)
         ON CONFLICT (name) WHERE revoked_at IS NULL DO NOTHING RETURNING ${SHOWN}`,
        [id, name, scopes, expiresAt, hash, lastFour],
      );
      if (added) return added;
      const isPast = await sql.row('SELECT WHERE $1::timestamptz <= now()', [expiresAt]);
      throw isPast ? new KeyExpired() : new KeyExists(name);
    });
  }

  /** By id, and so in the order in which they were created; those that were revoked, too. */
  list(after: string | undefined, limit: number): Promise<Key[]> {
    return this.reads.rows<Key>(
      `SELECT ${SHOWN} FROM api_keys WHERE id > coalesce($1::uuid, '00000000-0000-0000-0000-000000000000')
       ORDER BY id LIMIT $2`,
      [after ?? null, limit],
    );
  }

  get(id: string): Promise<Key | undefined> {
    return this.reads.row<Key>(`SELECT ${SHOWN} FROM api_keys WHERE id = $1`, [id]);
  }

  /** The id of the key of that name which has not been revoked. */
  async idOf(name: string): Promise<string | undefined> {
    const key = await this.sql.row<Key>('SELECT id FROM api_keys WHERE name = $1 AND revoked_at IS NULL', [
      name,
    ]);
    return key?.id;
  }

  /** @returns undefined when there is no such key that may be used */
  rotate(id: string, hash: Buffer, lastFour: string, overlap: number): Promise<Key | undefined> {
    return this.sql.once((sql) =>
      sql.row<Key>(
        `UPDATE api_keys SET hash = $2, last_four = $3, rotated_at = now(), previous_hash = hash,
                previous_until = now() + $4 * interval '1 second'
         WHERE id = $1 AND ${IN_USE} RETURNING ${SHOWN}`,
        [id, hash, lastFour, overlap],
      ),
    );
  }

  /** @returns undefined when there is no such key; one that is revoked already stays as it is */
  revoke(id: string): Promise<Key | undefined> {
    return this.sql.once((sql) =>
      sql.row<Key>(
        `UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1 RETURNING ${SHOWN}`,
        [id],
      ),
    );
  }
}
