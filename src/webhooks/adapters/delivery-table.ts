import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { READS } from '../../database/data-source';
import { Sql } from '../../database/sql';
import type { Delivery } from '../webhook';

/** Before all ids that there are. */
const NEWEST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

interface Attempt extends Delivery {
  readonly webhookId: string;
}

/** What became of each attempt. Those that end while others are being written are written together. */
@Injectable()
export class DeliveryTable {
  private readonly sql: Sql;
  private readonly reads: Sql;
  private waiting: Attempt[] = [];
  private current: Promise<void> = Promise.resolve();
  private next?: Promise<void>;

  constructor(dataSource: DataSource, @InjectDataSource(READS) reads: DataSource) {
    this.sql = new Sql(dataSource);
    this.reads = new Sql(reads);
  }

  /** Resolves when it is written. */
  async note(webhookId: string, delivery: Delivery): Promise<void> {
    this.waiting.push({ ...delivery, webhookId });
    this.next ??= this.noteWaiting();
    await this.next;
  }

  /**
   * The newest first.
   * @param before the id of a delivery, after which to begin
   * @throws Unavailable
   */
  list(webhookId: string, before: string | undefined, limit: number): Promise<Delivery[]> {
    return this.reads.rows<Delivery>(
      `SELECT id, event_id AS "eventId", type, sku, sequence::float8 AS sequence, attempt, at,
                duration_ms AS "durationMs", status, error
         FROM webhook_deliveries WHERE webhook_id = $1 AND id < $2
         ORDER BY webhook_id DESC, id DESC LIMIT $3`,
      [webhookId, before ?? NEWEST, limit],
    );
  }

  private async noteWaiting(): Promise<void> {
    await this.current.catch(() => undefined);
    const attempts = this.waiting;
    this.waiting = [];
    this.next = undefined;
    this.current = this.write(attempts);
    await this.current;
  }

  private async write(attempts: readonly Attempt[]): Promise<void> {
    await this.sql.count(
      `WITH noted AS (
           INSERT INTO webhook_deliveries
             (id, webhook_id, event_id, type, sku, sequence, attempt, at, duration_ms, status, error)
           SELECT a.* FROM jsonb_to_recordset($1::jsonb) AS a
             (id uuid, "webhookId" uuid, "eventId" uuid, type text, sku text, sequence bigint, attempt integer,
              at timestamptz, "durationMs" integer, status smallint, error text)
         )
         UPDATE webhooks w SET failing_since = CASE WHEN o.fails THEN now() END
         FROM jsonb_to_recordset($2::jsonb) AS o (id uuid, fails boolean)
         WHERE w.id = o.id AND (w.failing_since IS NULL) = o.fails`,
      [JSON.stringify(attempts), JSON.stringify(outcomesOf(attempts))],
    );
  }
}

/** Whether each endpoint took nothing of this. */
function outcomesOf(attempts: readonly Attempt[]): { id: string; fails: boolean }[] {
  const fails = new Map<string, boolean>();
  for (const { webhookId, error } of attempts)
    fails.set(webhookId, error !== null && fails.get(webhookId) !== false);
  return [...fails].map(([id, failsNow]) => ({ id, fails: failsNow }));
}
