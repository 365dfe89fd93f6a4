import { Logger } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { BatchNotFound, InvalidSku } from '../domain/errors';
import type { Line } from '../domain/line';
import type { Product } from '../domain/product';
import {
  AdjustStock,
  Allocate,
  type ArrivalOutcome,
  type BatchOutcome,
  ChangeBatchEta,
  ChangeBatchQuantity,
  ChangeLineQuantity,
  ConfirmReservation,
  CreateBatch,
  Deallocate,
  Dispatch,
  ExpireReservations,
  type LineOutcome,
  type QuantityOutcome,
  Reallocate,
  RecordArrival,
} from './commands';
import { ProductRepository } from './product-repository';
import type { Scope } from './scope';
import { UnitOfWork } from './unit-of-work';

@CommandHandler(CreateBatch)
export class CreateBatchHandler implements ICommandHandler<CreateBatch> {
  private readonly logger = new Logger(CreateBatchHandler.name);

  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws BatchConflict */
  async execute({ batchRef, sku, qty, eta }: CreateBatch): Promise<BatchOutcome> {
    const created = await this.unitOfWork.run({ looksAt: 'batch', sku, batchRef, adds: qty }, (product) =>
      product.createBatch(batchRef, qty, eta),
    );
    if (created) return 'created';
    this.logger.warn(`Batch ${batchRef} of ${sku} exists already with the same content; skipped`);
    return 'exists already';
  }
}

@CommandHandler(Allocate)
export class AllocateHandler implements ICommandHandler<Allocate> {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws InvalidSku, LineConflict */
  execute({ line, terms }: Allocate): Promise<LineOutcome> {
    const { orderId, sku, qty } = line;
    return this.unitOfWork.run({ looksAt: 'new line', orderId, sku, qty }, (product) =>
      outcomeOf(known(product).allocate(line, terms)),
    );
  }
}

@CommandHandler(ConfirmReservation)
export class ConfirmReservationHandler implements ICommandHandler<ConfirmReservation> {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws ExpiredReservation, LineNotAllocated */
  async execute({ orderId, sku }: ConfirmReservation): Promise<void> {
    await this.unitOfWork.run({ looksAt: 'line', sku, orderId }, (product) => product.confirm(orderId));
  }
}

@CommandHandler(Deallocate)
export class DeallocateHandler implements ICommandHandler<Deallocate> {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws LineDispatched, LineNotAllocated */
  async execute({ orderId, sku }: Deallocate): Promise<void> {
    await this.unitOfWork.run({ looksAt: 'line to give back', sku, orderId }, (product) =>
      product.deallocate(orderId),
    );
  }
}

@CommandHandler(Reallocate)
export class ReallocateHandler implements ICommandHandler<Reallocate> {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws LineDispatched, LineNotAllocated */
  async execute({ orderId, sku }: Reallocate): Promise<void> {
    await this.unitOfWork.run({ looksAt: 'line to move', sku, orderId }, (product) =>
      product.reallocate(orderId),
    );
  }
}

@CommandHandler(ChangeLineQuantity)
export class ChangeLineQuantityHandler implements ICommandHandler<ChangeLineQuantity> {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws LineDispatched, ExpiredReservation, LineNotAllocated */
  async execute({ orderId, sku, qty }: ChangeLineQuantity): Promise<QuantityOutcome> {
    const isChanged = await this.unitOfWork.run({ looksAt: 'line to move', sku, orderId, qty }, (product) =>
      product.changeLineQuantity(orderId, qty),
    );
    return isChanged ? 'changed' : 'out of stock';
  }
}

@CommandHandler(Dispatch)
export class DispatchHandler implements ICommandHandler<Dispatch> {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws LineNotConfirmed, BatchNotArrived, ExpiredReservation, LineNotAllocated */
  async execute({ orderId, sku }: Dispatch): Promise<void> {
    await this.unitOfWork.run({ looksAt: 'line', sku, orderId }, (product) => product.dispatch(orderId));
  }
}

@CommandHandler(ExpireReservations)
export class ExpireReservationsHandler implements ICommandHandler<ExpireReservations> {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** What ran out is given back before any unit of work looks at a product, so there is nothing left to do for this one. */
  async execute({ sku }: ExpireReservations): Promise<void> {
    await this.unitOfWork.run({ looksAt: 'product', sku }, () => undefined);
  }
}

@CommandHandler(ChangeBatchQuantity)
export class ChangeBatchQuantityHandler implements ICommandHandler<ChangeBatchQuantity> {
  constructor(
    private readonly products: ProductRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws BatchNotFound, BatchChanged, QuantityOutOfBounds */
  async execute({ batchRef, qty, knownSequence }: ChangeBatchQuantity): Promise<void> {
    const sku = await skuOf(batchRef, this.products);
    await this.unitOfWork.run({ looksAt: 'batch to change', sku, batchRef, qty }, (product) =>
      product.changeBatchQuantity(batchRef, qty, knownSequence),
    );
  }
}

@CommandHandler(AdjustStock)
export class AdjustStockHandler implements ICommandHandler<AdjustStock> {
  constructor(
    private readonly products: ProductRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws BatchNotFound, BatchChanged, QuantityOutOfBounds */
  async execute({ batchRef, delta, reason, note, knownSequence }: AdjustStock): Promise<void> {
    const sku = await skuOf(batchRef, this.products);
    const scope: Scope =
      delta < 0
        ? { looksAt: 'batch to cut', sku, batchRef, pieces: -delta }
        : { looksAt: 'batch', sku, batchRef, adds: delta };
    await this.unitOfWork.run(scope, (product) =>
      product.adjust(batchRef, delta, reason, note, knownSequence),
    );
  }
}

@CommandHandler(RecordArrival)
export class RecordArrivalHandler implements ICommandHandler<RecordArrival> {
  constructor(
    private readonly products: ProductRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws BatchNotFound, BatchChanged, BatchArrivedAlready */
  async execute({ batchRef, qty, knownSequence }: RecordArrival): Promise<ArrivalOutcome> {
    const sku = await skuOf(batchRef, this.products);
    const arrived = await this.unitOfWork.run({ looksAt: 'batch and lines', sku, batchRef, qty }, (product) =>
      product.arrive(batchRef, qty, knownSequence),
    );
    return arrived ? 'arrived' : 'arrived already';
  }
}

@CommandHandler(ChangeBatchEta)
export class ChangeBatchEtaHandler implements ICommandHandler<ChangeBatchEta> {
  constructor(
    private readonly products: ProductRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws BatchNotFound, BatchChanged, BatchArrivedAlready, QuantityOutOfBounds */
  async execute({ batchRef, eta, knownSequence, qty }: ChangeBatchEta): Promise<void> {
    const sku = await skuOf(batchRef, this.products);
    await this.unitOfWork.run({ looksAt: 'batch and lines', sku, batchRef, qty }, (product) =>
      product.changeBatchEta(batchRef, eta, knownSequence, qty),
    );
  }
}

/** @throws BatchNotFound */
async function skuOf(batchRef: string, products: ProductRepository): Promise<string> {
  const sku = await products.skuOfBatch(batchRef);
  if (sku === undefined) throw new BatchNotFound(batchRef);
  return sku;
}

/** @throws InvalidSku when no batch of the product's SKU was ever created (rule 6) */
function known(product: Product): Product {
  if (!product.isKnown) throw new InvalidSku(product.sku);
  return product;
}

/** Made within the unit of work, since units that follow in the same commit go on changing the product. */
function outcomeOf(line: Line | undefined): LineOutcome {
  if (line?.state === 'waiting') return { outcome: 'waiting', batchRef: null, eta: null };
  if (!line || line.state === 'expired') return { outcome: 'out of stock', batchRef: null, eta: null };
  const { ref: batchRef, eta } = line.batch;
  if (line.state !== 'reserved') return { outcome: line.state, batchRef, eta };
  return { outcome: 'reserved', batchRef, eta, expiresAt: line.expiresAt! };
}

export const commandHandlers = [
  CreateBatchHandler,
  AllocateHandler,
  ConfirmReservationHandler,
  DeallocateHandler,
  ReallocateHandler,
  ChangeLineQuantityHandler,
  DispatchHandler,
  ExpireReservationsHandler,
  ChangeBatchQuantityHandler,
  AdjustStockHandler,
  RecordArrivalHandler,
  ChangeBatchEtaHandler,
];
