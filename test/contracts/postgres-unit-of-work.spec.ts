import { InlineProjections } from '../../src/allocation/adapters/postgres/inline-projections';
import { HandlerClaim } from '../../src/allocation/adapters/postgres/outbox';
import { PostgresProductRepository } from '../../src/allocation/adapters/postgres/postgres-product-repository';
import { createDataSource } from '../../src/database/data-source';
import { createTestDatabase } from '../support/test-database';
import { type Store, unitOfWorkContract } from './unit-of-work.contract';

async function open(): Promise<Store> {
  const database = await createTestDatabase();
  const dataSource = await createDataSource(database.url).initialize();
  return {
    products: new PostgresProductRepository(dataSource, new InlineProjections(), new HandlerClaim()),
    committedEvents: async (sku) => {
      const rows = await dataSource.query<
        { id: string; type: string; sequence: string; correlation_id: string }[]
      >('SELECT id, type, sequence, correlation_id FROM events WHERE sku = $1 ORDER BY sequence', [sku]);
      return rows.map(({ id, type, sequence, correlation_id: correlationId }) => ({
        id,
        type,
        sequence: Number(sequence),
        correlationId,
      }));
    },
    keepsRequests: true,
    close: async () => {
      await dataSource.destroy();
      await database.drop();
    },
  };
}

unitOfWorkContract('PostgreSQL, shared commits', open);
unitOfWorkContract('PostgreSQL, one commit for each unit', open, { unitsPerCommit: 1, commits: 4 });
