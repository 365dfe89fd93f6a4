import { Injectable } from '@nestjs/common';
import { currentCorrelation } from '../../../correlation';
import { CommitPublisher } from '../../application/commit-publisher';
import { ProductRepository, WriteConflict } from '../../application/product-repository';
import type { Scope } from '../../application/scope';
import { UnitOfWork } from '../../application/unit-of-work';
import type { Product } from '../../domain/product';
import { type UnitOutcome, runUnits, type Unit } from '../../application/run-units';

/**
 * Units of work that commit one by one (the book's appendix on swapping out the infrastructure). Nothing
 * is gained by sharing commits where committing is a matter of memory: the files are written once, at the
 * end of the whole job.
 */
@Injectable()
export class CsvUnitOfWork extends UnitOfWork {
  constructor(
    private readonly products: ProductRepository,
    private readonly publisher: CommitPublisher,
  ) {
    super();
  }

  override async run<T>(scope: Scope, work: (product: Product) => T): Promise<T> {
    const unit = { scope, work, correlation: currentCorrelation() };
    for (;;) {
      const outcome = await this.attempt(unit);
      if (outcome.is === 'failed') throw outcome.reason;
      if (outcome.is === 'done') {
        if (outcome.events.length > 0) await this.publisher.publishAll(outcome.events);
        return outcome.result as T;
      }
      // The loop ends: an attempt fails with a conflict only when another unit of work has committed.
    }
  }

  private async attempt(unit: Unit): Promise<UnitOutcome> {
    try {
      const outcomes = await this.products.transaction({ whenLocked: 'wait' }, (products) =>
        runUnits(products, [unit]),
      );
      return outcomes.get(unit)!;
    } catch (error) {
      if (error instanceof WriteConflict) return { is: 'conflict' };
      throw error;
    }
  }
}
