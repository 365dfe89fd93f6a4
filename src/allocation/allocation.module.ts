import { type DynamicModule, Global, Module } from '@nestjs/common';
import { EventBus } from '@nestjs/cqrs';
import type { Migration } from '../database/data-source';
import { AllocationMetrics } from './adapters/allocation-metrics';
import { GroupCommit } from './adapters/group-commit/group-commit';
import { DatabaseSettings } from '../database/database-settings';
import { GroupCommitOptions } from './adapters/group-commit/group-commit-options';
import { ExpiredLineRetention } from './adapters/postgres/expired-line-retention';
import { InboxRetention } from './adapters/postgres/inbox-retention';
import { InlineProjections } from './adapters/postgres/inline-projections';
import { HandlerClaim } from './adapters/postgres/outbox';
import { PendingViewRetention } from './adapters/postgres/pending-view-retention';
import { PostgresProductRepository } from './adapters/postgres/postgres-product-repository';
import { PostgresWaitList } from './adapters/postgres/postgres-wait-list';
import { ReservationSweeper } from './adapters/postgres/reservation-sweeper';
import { AllocationSettings } from './allocation-settings';
import { commandHandlers } from './application/command-handlers';
import { CommitPublisher } from './application/commit-publisher';
import { ProductRepository } from './application/product-repository';
import { PlacesOnWaitListHandler, queryHandlers } from './application/query-handlers';
import { UnitOfWork } from './application/unit-of-work';
import { WaitList } from './application/wait-list';
import { allocationApi } from './entrypoints/api';
import { AllocationsController } from './entrypoints/allocations.controller';
import { BatchesController } from './entrypoints/batches.controller';
import { BulkController } from './entrypoints/bulk.controller';
import { BookController } from './entrypoints/book.controller';
import { WriteModel1790000000000 } from './migrations/1790000000000-write-model';
import { Inbox1790000003000 } from './migrations/1790000003000-inbox';
import { Available1790000006000 } from './migrations/1790000006000-available';
import { BatchContent1790000006100 } from './migrations/1790000006100-batch-content';
import { Lives1790000010000 } from './migrations/1790000010000-lives';
import { PendingViews1790000014000 } from './migrations/1790000014000-pending-views';

/**
 * Decides which batch serves which order line. Ports are bound to their adapters here. Global, so that any module can
 * register its inline projections.
 */
@Global()
@Module({
  providers: [
    ...commandHandlers,
    ...queryHandlers,
    {
      provide: GroupCommitOptions,
      useFactory: (settings?: DatabaseSettings) =>
        new GroupCommitOptions(settings?.DATABASE_WRITE_CONNECTIONS),
      // Where products are kept in memory there are none.
      inject: [{ token: DatabaseSettings, optional: true }],
    },
    InlineProjections,
    { provide: CommitPublisher, useExisting: EventBus },
    { provide: UnitOfWork, useClass: GroupCommit },
    { provide: ProductRepository, useClass: PostgresProductRepository },
  ],
  exports: [InlineProjections],
})
export class AllocationModule {
  static readonly settings = AllocationSettings;
  static readonly migrations: readonly Migration[] = [
    WriteModel1790000000000,
    Inbox1790000003000,
    Available1790000006000,
    BatchContent1790000006100,
    Lives1790000010000,
    PendingViews1790000014000,
  ];
  static readonly api = allocationApi;

  /** With everything that clients use. */
  static forService(): DynamicModule {
    return {
      module: AllocationModule,
      controllers: [BatchesController, AllocationsController, BulkController, BookController],
      providers: [
        { provide: HandlerClaim, useValue: new HandlerClaim() },
        { provide: WaitList, useClass: PostgresWaitList },
        PlacesOnWaitListHandler,
        ReservationSweeper,
        InboxRetention,
        ExpiredLineRetention,
        PendingViewRetention,
        AllocationMetrics,
      ],
    };
  }

  /** For a process without clients and handlers: its events are at once those of whoever has some. */
  static forCommands(): DynamicModule {
    return {
      module: AllocationModule,
      providers: [{ provide: HandlerClaim, useValue: new HandlerClaim(0) }],
    };
  }
}
