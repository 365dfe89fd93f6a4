import { Module } from '@nestjs/common';
import { Config } from '../config';
import { GroupCommit, GroupCommitOptions } from './adapters/group-commit';
import { OutboxOptions } from './adapters/postgres/outbox';
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
    {
      provide: OutboxOptions,
      inject: [Config],
      useFactory: ({ REDIS_URL }: Config) => new OutboxOptions(REDIS_URL !== undefined),
    },
    { provide: UnitOfWork, useClass: GroupCommit },
    { provide: ProductRepository, useClass: PostgresProductRepository },
  ],
})
export class AllocationModule {}
