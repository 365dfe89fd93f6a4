import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { READS } from '../../database/data-source';
import { Sql, type Transaction, WAITED_FOR } from '../../database/sql';
import { extentOfLog, epochsOf, positionOf, Readers } from '../../log/contracts';
import { GIVE_UP_AFTER_MS } from '../retry-schedule';
import {
  type DisabledBecause,
  readerOf,
  type Webhook,
  type WebhookToServe,
  type WebhookWish,
} from '../webhook';

/** What is to change of an endpoint; what is left out stays. */
export interface WebhookChange extends Partial<WebhookWish> {
  readonly enabled?: boolean;
  /** As it is stored. */
  readonly secret?: string;
}

/** What is stored of the secrets of an endpoint. */
interface StoredSecret {
  readonly id: string;
  readonly secret: string;
  readonly previousSecret: string | null;
}

/** For so long the secret of before signs, too. */
const OVERLAP = '24 hours';

const SHOWN = `id, url, types, skus, enabled, disabled_because AS "disabledBecause",
  failing_since AS "failingSince", created_at AS "createdAt"`;

/** The endpoints, each of which is also a reader of the log. Every call throws Unavailable. */
@Injectable()
export class WebhookTable {
  private readonly sql: Sql;
  private readonly reads: Sql;

  constructor(
    dataSource: DataSource,
    @InjectDataSource(READS) reads: DataSource,
    private readonly readers: Readers,
  ) {
    this.sql = new Sql(dataSource, WAITED_FOR);
    this.reads = new Sql(reads);
  }

  /** The endpoint gets what happens from now on. */
  async add(id: string, { url, types, skus }: WebhookWish, secret: string): Promise<Webhook> {
    return this.sql.once(async (sql) => {
      const [webhook] = await sql.rows<Webhook>(
        `INSERT INTO webhooks (id, url, types, skus, secret) VALUES ($1, $2, $3, $4, $5) RETURNING ${SHOWN}`,
        [id, url, types, skus, secret],
      );
      await this.readers.register(readerOf(id), 'webhook', 'now', sql);
      return webhook;
    });
  }

  /** By id, and so in the order in which they were created. */
  async list(after: string | undefined, limit: number): Promise<Webhook[]> {
    return this.reads.rows<Webhook>(
      `SELECT ${SHOWN} FROM webhooks WHERE id > coalesce($1::uuid, '00000000-0000-0000-0000-000000000000')
       ORDER BY id LIMIT $2`,
      [after ?? null, limit],
    );
  }

  async get(id: string): Promise<Webhook | undefined> {
    return this.reads.row<Webhook>(`SELECT ${SHOWN} FROM webhooks WHERE id = $1`, [id]);
  }

  /** Those that are enabled, with what is needed to serve them. */
  toServe(): Promise<WebhookToServe[]> {
    return this.serving('enabled', []);
  }

  async oneToServe(id: string): Promise<WebhookToServe | undefined> {
    const [webhook] = await this.serving('id = $1', [id]);
    return webhook;
  }

  /** @returns the endpoint as it is now; undefined when there is none */
  async alter(id: string, change: WebhookChange): Promise<Webhook | undefined> {
    const { url, types, skus, enabled, secret } = change;
    return this.sql.once(async (sql) => {
      const webhook = await sql.row<Webhook>(
        `UPDATE webhooks
         SET url = coalesce($2, url), types = CASE WHEN $3 THEN $4::text[] ELSE types END,
             skus = CASE WHEN $5 THEN $6::text[] ELSE skus END, enabled = coalesce($7, enabled),
             disabled_because = CASE WHEN $7 IS NULL THEN disabled_because END,
             failing_since = CASE WHEN $7 OR $2 IS NOT NULL THEN NULL ELSE failing_since END,
             previous_secret = CASE WHEN $8::text IS NULL THEN previous_secret ELSE secret END,
             previous_until = CASE WHEN $8::text IS NULL THEN previous_until ELSE now() + interval '${OVERLAP}' END,
             secret = coalesce($8, secret)
         WHERE id = $1 RETURNING ${SHOWN}`,
        [
          id,
          url ?? null,
          types !== undefined,
          types ?? null,
          skus !== undefined,
          skus ?? null,
          enabled ?? null,
          secret ?? null,
        ],
      );
      // The instance that delivers to it begins anew, by what is so now.
      if (webhook) await this.readers.retry(readerOf(id), sql);
      return webhook;
    });
  }

  /** @returns whether there was such an endpoint */
  async remove(id: string): Promise<boolean> {
    return this.sql.once(async (sql) => {
      const removed = await sql.count('DELETE FROM webhooks WHERE id = $1', [id]);
      await this.readers.remove(readerOf(id), sql);
      return removed > 0;
    });
  }

  /** Removes the secrets of before that are good no more. */
  async removeOutdatedSecrets(): Promise<void> {
    await this.sql.count(
      'UPDATE webhooks SET previous_secret = NULL, previous_until = NULL WHERE previous_until <= now()',
    );
  }

  /** The secrets of all endpoints, as they are stored. */
  secrets(): Promise<StoredSecret[]> {
    return this.sql.rows<StoredSecret>(
      'SELECT id, secret, previous_secret AS "previousSecret" FROM webhooks ORDER BY id',
    );
  }

  /** Stores the secrets of an endpoint in another way, unless it was given another one meanwhile. */
  async replaceSecret(id: string, secret: string, sealed: string, previous: string | null): Promise<void> {
    await this.sql.count(
      `UPDATE webhooks SET secret = $3, previous_secret = CASE WHEN previous_secret IS NOT NULL THEN $4 END
       WHERE id = $1 AND secret = $2`,
      [id, secret, sealed, previous],
    );
  }

  /**
   * Disables an endpoint, if it is still enabled, has not been moved to another URL meanwhile, and, when it fails, has done
   * so for long enough.
   * @param also what is written with it
   * @returns whether it was
   */
  async disable(
    { id, url }: WebhookToServe,
    because: DisabledBecause,
    also: (sql: Transaction) => Promise<void>,
  ): Promise<boolean> {
    return this.sql.transaction(async (sql) => {
      const disabled = await sql.count(
        `UPDATE webhooks SET enabled = false, disabled_because = $2
         WHERE id = $1 AND enabled AND url = $3
           AND ($2 = 'gone' OR failing_since <= now() - ${GIVE_UP_AFTER_MS} * interval '1 ms')`,
        [id, because, url],
      );
      if (disabled > 0) await also(sql);
      return disabled > 0;
    });
  }

  /**
   * Has an endpoint get events again.
   * @param from a cursor of the log, or a time
   * @returns how many events there are from there on; undefined when there is no such endpoint
   * @throws UnknownCursor, CursorExpired
   */
  async replay(id: string, from: string | Date): Promise<number | undefined> {
    const place = from instanceof Date ? from : await this.positionOf(from);
    return this.readers.replay(readerOf(id), place);
  }

  private async positionOf(cursor: string): Promise<number> {
    const [epochs, extent] = await Promise.all([epochsOf(this.reads), extentOfLog(this.reads)]);
    return positionOf(cursor, epochs, extent);
  }

  private serving(condition: string, parameters: unknown[]): Promise<WebhookToServe[]> {
    return this.reads.rows<WebhookToServe>(
      `SELECT id, url, types, skus, failing_since AS "failingSince",
              CASE WHEN previous_until > now() THEN ARRAY[secret, previous_secret] ELSE ARRAY[secret] END AS secrets
       FROM webhooks WHERE ${condition}`,
      parameters,
    );
  }
}
