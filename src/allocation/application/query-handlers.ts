import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { type ChangedPromise, changedPromises } from '../domain/changed-promise';
import { BatchNotFound, InvalidSku } from '../domain/errors';
import type { Explanation } from '../domain/explanation';
import { ProductRepository } from './product-repository';
import { BehindInViews, Explain, ExplainBatchChange, PlacesOnWaitList } from './queries';
import type { Scope } from './scope';
import { WaitList } from './wait-list';

@QueryHandler(Explain)
export class ExplainHandler implements IQueryHandler<Explain> {
  constructor(private readonly products: ProductRepository) {}

  /**
   * Nothing is saved, so that what expires while it looks expires for this answer alone.
   * @throws InvalidSku, LineConflict
   */
  execute({ line, terms }: Explain): Promise<Explanation> {
    const { sku, orderId } = line;
    return this.products.snapshot(async (products) => {
      const product = await products.load({ looksAt: 'question', sku, orderId, priority: terms.priority });
      product.expireReservations();
      if (!product.isKnown) throw new InvalidSku(sku);
      return product.explain(line, terms);
    });
  }
}

@QueryHandler(ExplainBatchChange)
export class ExplainBatchChangeHandler implements IQueryHandler<ExplainBatchChange> {
  constructor(private readonly products: ProductRepository) {}

  /**
   * The change is carried out on a product that nobody saves: what is told is what the command would do.
   * @throws BatchNotFound, QuantityOutOfBounds, BatchArrivedAlready
   */
  execute({ batchRef, change }: ExplainBatchChange): Promise<readonly ChangedPromise[]> {
    const { qty, eta, arrived } = change;
    return this.products.snapshot(async (products) => {
      const sku = await products.skuOfBatch(batchRef);
      if (sku === undefined) throw new BatchNotFound(batchRef);
      const scope: Scope =
        eta === undefined && !arrived
          ? { looksAt: 'batch to change', sku, batchRef, qty: qty! }
          : { looksAt: 'batch and lines', sku, batchRef, qty };
      const product = await products.load(scope);
      product.expireReservations();
      const before = product.events.length;
      const etaBefore = product.batch(batchRef)?.eta ?? null;
      const etaOf = (other: string) => (other === batchRef ? etaBefore : (product.batch(other)?.eta ?? null));
      if (arrived) product.arrive(batchRef, qty);
      else if (eta !== undefined) product.changeBatchEta(batchRef, eta, undefined, qty);
      else product.changeBatchQuantity(batchRef, qty!);
      return changedPromises(product.events.slice(before), etaOf);
    });
  }
}

@QueryHandler(BehindInViews)
export class BehindInViewsHandler implements IQueryHandler<BehindInViews> {
  constructor(private readonly products: ProductRepository) {}

  /** @throws Unavailable */
  execute({ skus }: BehindInViews): Promise<ReadonlySet<string>> {
    return this.products.snapshot((products) => products.behindInViews(skus));
  }
}

@QueryHandler(PlacesOnWaitList)
export class PlacesOnWaitListHandler implements IQueryHandler<PlacesOnWaitList> {
  constructor(private readonly waitList: WaitList) {}

  /** @throws Unavailable */
  execute({ lines }: PlacesOnWaitList): Promise<(number | undefined)[]> {
    return this.waitList.places(lines);
  }
}

export const queryHandlers = [ExplainHandler, ExplainBatchChangeHandler, BehindInViewsHandler];
