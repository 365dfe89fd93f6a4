import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { InvalidSku } from '../domain/errors';
import type { Explanation } from '../domain/explanation';
import { ProductRepository } from './product-repository';
import { Explain } from './queries';

@QueryHandler(Explain)
export class ExplainHandler implements IQueryHandler<Explain> {
  constructor(private readonly products: ProductRepository) {}

  /**
   * Nothing is saved, so that what expires while it looks expires for this answer alone.
   * @throws InvalidSku, LineConflict
   */
  execute({ line, terms }: Explain): Promise<Explanation> {
    const { sku, orderId } = line;
    return this.products.transaction({ whenLocked: 'wait' }, async (products) => {
      const loaded = await products.load([{ looksAt: 'question', sku, orderId, priority: terms.priority }]);
      const product = loaded.products.get(sku)!();
      product.expireReservations();
      if (!product.isKnown) throw new InvalidSku(sku);
      return product.explain(line, terms);
    });
  }
}

export const queryHandlers = [ExplainHandler];
