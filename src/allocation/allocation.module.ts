import { Module } from '@nestjs/common';
import { GroupCommit, GroupCommitOptions } from './adapters/group-commit';
import { HandlerClaim } from './adapters/postgres/outbox';
import { PostgresProductRepository } from './adapters/postgres/product-repository';
import { commandHandlers } from './application/command-handlers';
import { ProductRepository } from './application/product-repository';
import { UnitOfWork } from './application/unit-of-work';
import { AllocationsController } from './entrypoints/allocations.controller';
import { BatchesController } from './entrypoints/batches.controller';
import { BulkController } from './entrypoints/bulk.controller';
import { BookController } from './entrypoints/book.controller';

/** Decides which batch serves which order line. Ports are bound to their adapters here. */
@Module({
  controllers: [BatchesController, AllocationsController, BulkController, BookController],
  providers: [
    ...commandHandlers,
    GroupCommitOptions,
    { provide: HandlerClaim, useValue: new HandlerClaim() },
    { provide: UnitOfWork, useClass: GroupCommit },
    { provide: ProductRepository, useClass: PostgresProductRepository },
  ],
})
export class AllocationModule {}
