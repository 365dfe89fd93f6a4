import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { READS } from '../../database/data-source';
import { Sql } from '../../database/sql';
import { DISORDER_MS, extentOfLog, positionBefore } from '../../log/contracts';
import { Audit, type AuditFilter, type AuditPage, type Change } from '../audit';

/** Events that are looked at for one page at most, so that a filter which lets little through costs no more. */
const LOOKED_AT = 50_000;

type ChangeRow = Omit<Change, 'sequence'> & { readonly sequence: string; readonly position: string };

/** The events of the log as changes, with the names of keys. */
@Injectable()
export class AuditTable extends Audit {
  private readonly sql: Sql;

  constructor(@InjectDataSource(READS) reads: DataSource) {
    super();
    this.sql = new Sql(reads);
  }

  override async page(filter: AuditFilter, before: number | undefined, limit: number): Promise<AuditPage> {
    const { sku, sequences, orderId, batchRef, key, since, until } = filter;
    const { first, last } = await extentOfLog(this.sql);
    const beginning = since
      ? (await positionBefore(this.sql, since.getTime() - DISORDER_MS, first, last)) + 1
      : first;
    const end = before ?? (await this.endOf(until, first, last));
    // Those that are named are found along the index of SKUs, however long ago they happened.
    const from = sequences ? beginning : Math.max(beginning, end - LOOKED_AT);
    const changed = sequences
      ? '(SELECT * FROM log WHERE sku = $3 AND sequence = ANY($10::bigint[]) OFFSET 0)'
      : 'log';
    // The names of keys are read from the table of the keys, where they stay (decision record 36): one statement, one page.
    const rows = await this.sql.rows<ChangeRow>(
      `SELECT position, occurred_at AS "occurredAt", key_id AS "keyId", k.name AS "keyName", type, sku, sequence,
              data->>'orderId' AS "orderId", data->>'batchRef' AS "batchRef", l.id AS "eventId",
              correlation_id AS "correlationId", causation_id AS "causationId"
       FROM ${changed} l LEFT JOIN api_keys k ON k.id = l.key_id
       WHERE position >= $1 AND position < $2
         AND ($3::text IS NULL OR sku = $3) AND ($4::text IS NULL OR data->>'orderId' = $4)
         AND ($5::text IS NULL OR data->>'batchRef' = $5)
         AND ($6::text IS NULL OR key_id::text = $6 OR k.name = $6)
         AND ($7::timestamptz IS NULL OR occurred_at >= $7) AND ($8::timestamptz IS NULL OR occurred_at < $8)
       ORDER BY position DESC LIMIT $9`,
      [
        from,
        end,
        sku ?? null,
        orderId ?? null,
        batchRef ?? null,
        key ?? null,
        since ?? null,
        until ?? null,
        limit,
        ...(sequences ? [sequences] : []),
      ],
    );
    const changes = rows.map(({ position: _position, sequence, ...row }) => ({
      ...row,
      sequence: Number(sequence),
    }));
    const reached = rows.length === limit ? Number(rows.at(-1)!.position) : from;
    return { changes, before: reached > beginning ? reached : undefined };
  }

  private async endOf(until: Date | undefined, first: number, last: number): Promise<number> {
    if (!until) return last + 1;
    return (await positionBefore(this.sql, until.getTime() + DISORDER_MS, first, last)) + 1;
  }
}
