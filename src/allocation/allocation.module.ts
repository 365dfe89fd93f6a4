import { type DynamicModule, Global, Module } from '@nestjs/common';
import { GroupCommit, GroupCommitOptions } from './adapters/group-commit';
import { InlineProjections } from './adapters/postgres/inline-projections';
import { HandlerClaim } from './adapters/postgres/outbox';
import { PostgresProductRepository } from './adapters/postgres/postgres-product-repository';
import { commandHandlers } from './application/command-handlers';
import { ProductRepository } from './application/product-repository';
import { queryHandlers } from './application/query-handlers';
import { UnitOfWork } from './application/unit-of-work';
import { AllocationsController } from './entrypoints/allocations.controller';
import { BatchesController } from './entrypoints/batches.controller';
import { BulkController } from './entrypoints/bulk.controller';
import { BookController } from './entrypoints/book.controller';

/**
 * Decides which batch serves which order line. Ports are bound to their adapters here. Global, so that any module can
 * register its inline projections.
 */
@Global()
@Module({
  controllers: [BatchesController, AllocationsController, BulkController, BookController],
  providers: [
    ...commandHandlers,
    ...queryHandlers,
    GroupCommitOptions,
    InlineProjections,
    { provide: HandlerClaim, useValue: new HandlerClaim() },
    { provide: UnitOfWork, useClass: GroupCommit },
    { provide: ProductRepository, useClass: PostgresProductRepository },
  ],
  exports: [InlineProjections],
})
export class AllocationModule {
  /** For a process without handlers: its events are at once those of whoever has some. */
  static withoutHandlers(): DynamicModule {
    return {
      module: AllocationModule,
      providers: [{ provide: HandlerClaim, useValue: new HandlerClaim(0) }],
    };
  }
}
