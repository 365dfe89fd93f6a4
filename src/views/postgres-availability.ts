import { DataSource } from 'typeorm';
import { type Arrival, type Availability, AvailabilityView, type Wanted } from './availability';
import { viewQuery } from './view-query';

interface Row {
  schedule: Arrival[] | null;
  known: boolean;
  batchRef: string | null;
  eta: string | null;
}

/** Availability straight from the view of batches. */
export class PostgresAvailability extends AvailabilityView {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override async of(wanted: readonly Wanted[]): Promise<(Availability | undefined)[]> {
    const rows = await viewQuery<Row>(
      this.dataSource,
      `SELECT days.schedule, promise.ref AS "batchRef", to_char(promise.eta, 'YYYY-MM-DD') AS "eta",
              days.schedule IS NOT NULL OR EXISTS (
                SELECT FROM view_batches batch WHERE batch.sku = wanted.sku AND position IS NOT NULL) AS known
       FROM unnest($1::text[], $2::int[]) WITH ORDINALITY AS wanted (sku, qty, n)
       CROSS JOIN LATERAL (
         SELECT json_agg(json_build_object('eta', eta, 'available', available) ORDER BY arrives) AS schedule
         FROM (SELECT arrives, eta, sum(available) AS available FROM view_batches batch
               WHERE batch.sku = wanted.sku AND is_open GROUP BY arrives, eta) day
       ) days
       LEFT JOIN LATERAL (
         SELECT ref, eta FROM view_batches batch
         WHERE batch.sku = wanted.sku AND is_open AND available >= wanted.qty
         ORDER BY arrives, position LIMIT 1
       ) promise ON true
       ORDER BY n`,
      [wanted.map(({ sku }) => sku), wanted.map(({ qty }) => qty ?? null)],
    );
    return rows.map(({ schedule, known, batchRef, eta }) =>
      known ? { schedule: schedule ?? [], promise: batchRef === null ? null : { batchRef, eta } } : undefined,
    );
  }

  /** The projection of the batches has written the view already. */
  override async show(): Promise<void> {}
}
