import type { DataSource } from 'typeorm';
import { InlineProjections } from '../../src/allocation/adapters/postgres/inline-projections';
import { HandlerClaim } from '../../src/allocation/adapters/postgres/outbox';
import { PostgresProductRepository } from '../../src/allocation/adapters/postgres/postgres-product-repository';
import { readEvent } from '../../src/allocation/application/event-schemas';
import type { DomainEvent } from '../../src/allocation/contracts';
import { createDataSource } from '../../src/database/data-source';
import type { LifeStore } from './life-system';
import { createTestDatabase, nameOf, type TestDatabase } from './test-database';

/** Products in PostgreSQL, as two instances of the service see them; its clock stands still until it is told to go on. */
export class PostgresStore implements LifeStore {
  private time = Date.parse('2031-01-01T00:00:00.000Z');

  private constructor(
    readonly database: TestDatabase,
    readonly dataSources: readonly DataSource[],
    /** Of each instance, to register views. */
    readonly projections: readonly InlineProjections[],
    readonly products: readonly PostgresProductRepository[],
  ) {}

  static async open(): Promise<PostgresStore> {
    const database = await createTestDatabase();
    const setUp = await createDataSource(database.url).initialize();
    // Named before pg_catalog, the schema has the clock that the service's statements find first.
    await setUp.query('CREATE SCHEMA standing');
    await setUp.query('CREATE TABLE standing.clock AS SELECT $1::timestamptz AS time', [
      '2031-01-01T00:00:00Z',
    ]);
    await setUp.query(
      `CREATE FUNCTION standing.clock_timestamp() RETURNS timestamptz VOLATILE LANGUAGE sql
       AS 'SELECT time FROM standing.clock'`,
    );
    await setUp.query(
      `ALTER DATABASE ${nameOf(database.url)} SET search_path = public, standing, pg_catalog`,
    );
    await setUp.destroy();
    const dataSources = [
      await createDataSource(database.url).initialize(),
      await createDataSource(database.url).initialize(),
    ];
    const projections = dataSources.map(() => new InlineProjections());
    const products = dataSources.map(
      (dataSource, index) =>
        new PostgresProductRepository(dataSource, projections[index], new HandlerClaim()),
    );
    return new PostgresStore(database, dataSources, projections, products);
  }

  now(): number {
    return this.time;
  }

  async pass(seconds: number): Promise<void> {
    this.time += seconds * 1_000;
    await this.dataSources[0].query('UPDATE standing.clock SET time = $1', [new Date(this.time)]);
  }

  async eventsOf(sku: string): Promise<DomainEvent[]> {
    const rows = await this.dataSources[0].query<
      { type: string; schema_version: number; data: Record<string, unknown> }[]
    >('SELECT type, schema_version, data FROM events WHERE sku = $1 ORDER BY sequence', [sku]);
    return rows.map(({ type, schema_version, data }) => readEvent(type, schema_version, data)!);
  }

  async close(): Promise<void> {
    for (const dataSource of this.dataSources) await dataSource.destroy();
    await this.database.drop();
  }
}
