import type { DataSource } from 'typeorm';
import { InlineProjections } from '../../src/allocation/adapters/postgres/inline-projections';
import { HandlerClaim } from '../../src/allocation/adapters/postgres/outbox';
import { PostgresProductRepository } from '../../src/allocation/adapters/postgres/postgres-product-repository';
import { readEvent } from '../../src/allocation/application/event-schemas';
import type { DomainEvent } from '../../src/allocation/contracts';
import { createDataSource } from '../../src/database/data-source';
import type { LifeStore } from './life-system';
import { StandingClock } from './standing-clock';
import { createTestDatabase, type TestDatabase } from './test-database';

/** Products in PostgreSQL, as two instances of the service see them; its clock stands still until it is told to go on. */
export class PostgresStore implements LifeStore {
  private constructor(
    readonly database: TestDatabase,
    private readonly clock: StandingClock,
    readonly dataSources: readonly DataSource[],
    /** Of each instance, to register views. */
    readonly projections: readonly InlineProjections[],
    readonly products: readonly PostgresProductRepository[],
  ) {}

  static async open(): Promise<PostgresStore> {
    const database = await createTestDatabase();
    const clock = await StandingClock.in(database.url);
    const dataSources = [
      await createDataSource(database.url).initialize(),
      await createDataSource(database.url).initialize(),
    ];
    const projections = dataSources.map(() => new InlineProjections());
    const products = dataSources.map(
      (dataSource, index) =>
        new PostgresProductRepository(dataSource, projections[index], new HandlerClaim()),
    );
    return new PostgresStore(database, clock, dataSources, projections, products);
  }

  now(): number {
    return this.clock.now();
  }

  async pass(seconds: number): Promise<void> {
    await this.clock.pass(seconds);
  }

  async eventsOf(sku: string): Promise<DomainEvent[]> {
    const rows = await this.dataSources[0].query<
      { type: string; schema_version: number; data: Record<string, unknown> }[]
    >('SELECT type, schema_version, data FROM events WHERE sku = $1 ORDER BY sequence', [sku]);
    return rows.map(({ type, schema_version, data }) => readEvent(type, schema_version, data)!);
  }

  async close(): Promise<void> {
    for (const dataSource of this.dataSources) await dataSource.destroy();
    await this.clock.stop();
    await this.database.drop();
  }
}
