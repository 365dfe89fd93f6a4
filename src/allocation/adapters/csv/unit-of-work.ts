import { Injectable } from '@nestjs/common';
import { EventBus } from '@nestjs/cqrs';
import { currentCorrelation } from '../../../correlation';
import { ProductRepository, WriteConflict } from '../../application/product-repository';
import { recordEvents, type Recorded } from '../../application/recorded';
import { AlreadyCarriedOut, type Scope, UnitOfWork } from '../../application/unit-of-work';
import type { Product } from '../../domain/product';

interface Outcome<T> {
  readonly result: T;
  readonly events: Recorded[];
}

/**
 * Units of work that commit one by one (the book's appendix on swapping out the infrastructure). Nothing
 * is gained by sharing commits where committing is a matter of memory: the files are written once, at the
 * end of the whole job.
 */
@Injectable()
export class CsvUnitOfWork extends UnitOfWork {
  constructor(
    private readonly products: ProductRepository,
    private readonly eventBus: EventBus<Recorded>,
  ) {
    super();
  }

  override async run<T>(scope: Scope, work: (product: Product) => T): Promise<T> {
    let outcome: Outcome<T> | undefined;
    // Whoever lost has lost to one that committed, so this comes to an end.
    while (!outcome) outcome = await this.attempt(scope, work);
    if (outcome.events.length > 0) await this.eventBus.publishAll(outcome.events);
    return outcome.result;
  }

  /** @returns undefined when another unit changed the product meanwhile */
  private async attempt<T>(scope: Scope, work: (product: Product) => T): Promise<Outcome<T> | undefined> {
    const correlation = currentCorrelation();
    const messageIds = correlation.messageId === undefined ? [] : [correlation.messageId];
    try {
      return await this.products.transaction(async (products) => {
        const loaded = await products.load([scope], 'wait');
        if (messageIds.length > 0 && (await products.carriedOut(messageIds)).size > 0) {
          throw new AlreadyCarriedOut(`Message ${messageIds[0]} was carried out before`);
        }
        const product = loaded.get(scope.sku)!();
        const result = work(product);
        const events = recordEvents(product, 0, correlation, new Date());
        if (events.length === 0 && messageIds.length === 0) return { result, events };

        const { sku, loadedVersion } = product;
        const refused = await products.save([{ sku, loadedVersion, events, messageIds }]);
        return refused.size > 0 ? undefined : { result, events };
      });
    } catch (error) {
      if (error instanceof WriteConflict) return undefined;
      throw error;
    }
  }
}
