import { DataSource } from 'typeorm';
import { Sql } from '../../database/sql';
import { type Availability, AvailabilityView } from './availability';
import { AvailabilityTexts } from './availability-texts';
import { FIRST_EXPIRY, LINES, MS, OPEN, PROMISED } from './stored';

/** Availability straight from the views of batches and lines. */
export class PostgresAvailability extends AvailabilityView {
  private readonly texts = new AvailabilityTexts();
  private readonly sql: Sql;

  constructor(dataSource: DataSource) {
    super();
    this.sql = new Sql(dataSource, { isPrepared: true });
  }

  override async of(skus: readonly string[]): Promise<(Availability | undefined)[]> {
    const rows = await this.sql.rows<{ stored: string | null }>(
      `SELECT '[' || ${OPEN} || ',' || ${PROMISED} || ',' || ${LINES} || ',' || ${MS('first.expires_at')} || ','
         || coalesce(first.expires_at <= clock_timestamp(), false)::text || ']' AS stored
       FROM unnest($1::text[]) WITH ORDINALITY AS asked (sku, n) LEFT JOIN LATERAL ${FIRST_EXPIRY} first ON true
       ORDER BY n`,
      [skus],
    );
    return rows.map(({ stored }, index) =>
      stored === null ? undefined : this.texts.read(skus[index], stored),
    );
  }

  /** Nothing to wait for: the views themselves are read. */
  override async changed(): Promise<void> {}
}
