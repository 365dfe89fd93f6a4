import { Logger } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { BatchNotFound, InvalidSku } from '../domain/errors';
import type { AllocatedLine, Product } from '../domain/product';
import {
  Allocate,
  type BatchOutcome,
  ChangeBatchQuantity,
  CreateBatch,
  Deallocate,
  type LineOutcome,
  Reallocate,
} from './commands';
import { ProductRepository } from './product-repository';
import { UnitOfWork } from './unit-of-work';

@CommandHandler(CreateBatch)
export class CreateBatchHandler implements ICommandHandler<CreateBatch> {
  private readonly logger = new Logger(CreateBatchHandler.name);

  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws BatchConflict */
  async execute({ reference, sku, qty, eta }: CreateBatch): Promise<BatchOutcome> {
    const created = await this.unitOfWork.run({ looksAt: 'batch', sku, batchRef: reference }, (product) =>
      product.createBatch(reference, qty, eta),
    );
    if (created) return 'created';
    this.logger.warn(`Batch ${reference} of ${sku} exists already with the same content; skipped`);
    return 'exists already';
  }
}

@CommandHandler(Allocate)
export class AllocateHandler implements ICommandHandler<Allocate> {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws InvalidSku, LineConflict */
  execute({ line }: Allocate): Promise<LineOutcome> {
    return this.unitOfWork.run({ looksAt: 'new line', ...line }, (product) =>
      outcomeOf(known(product).allocate(line)),
    );
  }
}

@CommandHandler(Deallocate)
export class DeallocateHandler implements ICommandHandler<Deallocate> {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws LineNotAllocated */
  async execute({ orderId, sku }: Deallocate): Promise<void> {
    await this.unitOfWork.run({ looksAt: 'line', sku, orderId }, (product) => product.deallocate(orderId));
  }
}

@CommandHandler(Reallocate)
export class ReallocateHandler implements ICommandHandler<Reallocate> {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws LineNotAllocated */
  async execute({ orderId, sku }: Reallocate): Promise<void> {
    await this.unitOfWork.run({ looksAt: 'line to move', sku, orderId }, (product) =>
      product.reallocate(orderId),
    );
  }
}

@CommandHandler(ChangeBatchQuantity)
export class ChangeBatchQuantityHandler implements ICommandHandler<ChangeBatchQuantity> {
  constructor(
    private readonly products: ProductRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws BatchNotFound, BatchChanged */
  async execute({ batchRef, qty, knownSequence }: ChangeBatchQuantity): Promise<void> {
    const sku = await this.products.skuOfBatch(batchRef);
    if (sku === undefined) throw new BatchNotFound(batchRef);
    await this.unitOfWork.run({ looksAt: 'batch to change', sku, batchRef, qty }, (product) =>
      product.changeBatchQuantity(batchRef, qty, knownSequence),
    );
  }
}

/** @throws InvalidSku when no batch of the product's SKU was ever created (rule 6) */
function known(product: Product): Product {
  if (!product.isKnown) throw new InvalidSku(product.sku);
  return product;
}

/** Made within the unit of work, since units that follow in the same commit go on changing the product. */
function outcomeOf(allocated: AllocatedLine | undefined): LineOutcome {
  if (!allocated) return { outcome: 'out of stock', batchRef: null, eta: null };
  const { reference, eta } = allocated.batch;
  return { outcome: 'allocated', batchRef: reference, eta };
}

export const commandHandlers = [
  CreateBatchHandler,
  AllocateHandler,
  DeallocateHandler,
  ReallocateHandler,
  ChangeBatchQuantityHandler,
];
