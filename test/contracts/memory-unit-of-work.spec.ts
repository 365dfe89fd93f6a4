import { MemoryProductRepository } from '../support/memory-products/memory-product-repository';
import { eventTypeOf } from '../../src/allocation/domain/events';
import { unitOfWorkContract } from './unit-of-work.contract';

const open = async () => {
  const products = new MemoryProductRepository();
  return {
    products,
    committedEvents: async (sku: string) =>
      products.events
        .filter(({ event }) => event.sku === sku)
        .map(({ id, sequence, correlationId, event }) => ({
          type: eventTypeOf(event),
          id,
          sequence,
          correlationId,
        })),
    keepsRequests: true,
    close: async () => {},
  };
};

unitOfWorkContract('memory, shared commits', open);
unitOfWorkContract('memory, one commit for each unit', open, { unitsPerCommit: 1, commits: 4 });
