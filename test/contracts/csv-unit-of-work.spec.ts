import { CsvProductRepository } from '../../src/allocation/adapters/csv/csv-product-repository';
import { CsvUnitOfWork } from '../../src/allocation/adapters/csv/csv-unit-of-work';
import type { Recorded } from '../../src/allocation/application/recorded';
import { eventTypeOf } from '../../src/allocation/domain/events';
import { type Store, unitOfWorkContract } from './unit-of-work.contract';

async function open(): Promise<Store> {
  const log: Recorded[] = [];
  return {
    products: new CsvProductRepository({ append: (events) => void log.push(...events) }),
    committedEvents: async (sku: string) =>
      log
        .filter(({ event }) => event.sku === sku)
        .map(({ id, sequence, correlationId, event }) => ({
          type: eventTypeOf(event),
          id,
          sequence,
          correlationId,
        })),
    close: async () => {},
  };
}

unitOfWorkContract('CSV, one by one', async () => ({
  ...(await open()),
  unitOfWork: (products, eventBus) => new CsvUnitOfWork(products, eventBus),
}));
unitOfWorkContract('CSV, shared commits', open);
