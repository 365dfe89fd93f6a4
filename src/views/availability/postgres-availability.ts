import { DataSource } from 'typeorm';
import { Sql } from '../../database/sql';
import { AvailabilityView, type OpenBatches } from './availability';
import { OpenBatchesTexts } from './open-batches-texts';

/** Availability straight from the view of batches. */
export class PostgresAvailability extends AvailabilityView {
  private readonly texts = new OpenBatchesTexts();
  private readonly sql: Sql;

  constructor(dataSource: DataSource) {
    super();
    this.sql = new Sql(dataSource, { isPrepared: true });
  }

  override async of(skus: readonly string[]): Promise<(OpenBatches | undefined)[]> {
    const rows = await this.sql.rows<{ open: string | null }>(
      `SELECT coalesce(
         (SELECT json_agg(json_build_array(ref, eta, available, sequence) ORDER BY arrives, position)::text
          FROM view_batches WHERE sku = asked.sku AND is_open),
         (SELECT '[]' FROM view_batches WHERE sku = asked.sku AND position IS NOT NULL LIMIT 1)) AS open
       FROM unnest($1::text[]) WITH ORDINALITY AS asked (sku, n) ORDER BY n`,
      [skus],
    );
    return rows.map(({ open }, index) => (open === null ? undefined : this.texts.read(skus[index], open)));
  }

  /** It reads the view of batches itself. */
  override async batchesChanged(): Promise<void> {}
}
