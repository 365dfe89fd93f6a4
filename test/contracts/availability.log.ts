import type { DataSource } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { InlineProjections } from '../../src/allocation/adapters/postgres/inline-projections';
import { HandlerClaim } from '../../src/allocation/adapters/postgres/outbox';
import { PostgresProductRepository } from '../../src/allocation/adapters/postgres/postgres-product-repository';
import type { Recorded } from '../../src/allocation/contracts';
import type { Product } from '../../src/allocation/domain/product';
import { eventsOf } from './availability.histories';

/**
 * Commits what happened to a new product: its rows, and its events, which no handler is told of.
 * @returns the events as they were committed
 */
export async function commit(dataSource: DataSource, product: Product): Promise<Recorded[]> {
  const events = eventsOf(product).map((event) => ({ ...event, id: uuid() }));
  const products = new PostgresProductRepository(dataSource, new InlineProjections(), new HandlerClaim());
  await products.transaction({ whenLocked: 'wait' }, (transaction) =>
    transaction.save([{ sku: product.sku, loadedVersion: 0, events, messageIds: [] }]),
  );
  return events;
}
