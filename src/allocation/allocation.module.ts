import { Module } from '@nestjs/common';
import { GroupCommit, GroupCommitOptions } from './adapters/group-commit';
import { PostgresProductRepository } from './adapters/postgres/product-repository';
import { commandHandlers } from './application/command-handlers';
import { ProductRepository } from './application/product-repository';
import { UnitOfWork } from './application/unit-of-work';

/** Decides which batch serves which order line. Ports are bound to their adapters here. */
@Module({
  providers: [
    ...commandHandlers,
    GroupCommitOptions,
    { provide: UnitOfWork, useClass: GroupCommit },
    { provide: ProductRepository, useClass: PostgresProductRepository },
  ],
})
export class AllocationModule {}
