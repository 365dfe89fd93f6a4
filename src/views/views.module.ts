import { Module } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { type Migration, READS } from '../database/data-source';
import type { ModuleApi } from '../http/module-api';
import { AllocationViewController } from './entrypoints/allocation-view.controller';
import { AvailabilityView } from './availability/availability';
import { CurrentAvailability } from './availability/current-availability';
import { AvailabilityController } from './entrypoints/availability.controller';
import { BasketController } from './entrypoints/basket.controller';
import { ExpiringAttention, OutOfStockAttention, OverdueAttention } from './queries/stock-attention';
import { BatchFinder } from './queries/batch-finder';
import { BatchViewController } from './entrypoints/batch-view.controller';
import { BookViewController } from './entrypoints/book-view.controller';
import { viewProblems } from './entrypoints/problems';
import { PromisedLinesController } from './entrypoints/promised-lines.controller';
import { SearchController } from './entrypoints/search.controller';
import { MovementsController } from './entrypoints/movements.controller';
import { WaitingController } from './entrypoints/waiting.controller';
import { ClosedLineRetention } from './maintenance/closed-line-retention';
import { rebuildableViews } from './maintenance/rebuild';
import { Views1790000004000 } from './migrations/1790000004000-views';
import { ViewLives1790000010100 } from './migrations/1790000010100-view-lives';
import { ViewSums1790000011000 } from './migrations/1790000011000-view-sums';
import { Movements1790000013100 } from './migrations/1790000013100-movements';
import { ViewProjection } from './projections/view-projection';
import { LineFinder } from './queries/line-finder';
import { MovementFinder } from './queries/movement-finder';
import { ItemFinder } from './queries/item-finder';
import { queryHandlers } from './queries/query-handlers';
import { PostgresAvailability } from './availability/postgres-availability';
import { RedisAvailability } from './availability/redis-availability';
import { ViewsSettings } from './views-settings';

/** What can be looked at. */
@Module({
  controllers: [
    BatchViewController,
    AllocationViewController,
    AvailabilityController,
    BasketController,
    MovementsController,
    PromisedLinesController,
    SearchController,
    WaitingController,
    BookViewController,
  ],
  providers: [
    LineFinder,
    BatchFinder,
    MovementFinder,
    ItemFinder,
    ...queryHandlers,
    ViewProjection,
    ClosedLineRetention,
    CurrentAvailability,
    OutOfStockAttention,
    OverdueAttention,
    ExpiringAttention,
    {
      provide: AvailabilityView,
      inject: [ViewsSettings, DataSource, getDataSourceToken(READS)],
      useFactory: (
        { AVAILABILITY_VIEW, REDIS_URL }: ViewsSettings,
        dataSource: DataSource,
        reads: DataSource,
      ) => {
        const batches = new PostgresAvailability(reads);
        if (AVAILABILITY_VIEW === 'postgres' || !REDIS_URL) return batches;
        // The copy must have every change that was ever shown to it, so it is made of what was written last.
        return new RedisAvailability(REDIS_URL, dataSource, batches);
      },
    },
  ],
})
export class ViewsModule {
  static readonly settings = ViewsSettings;
  static readonly migrations: readonly Migration[] = [
    Views1790000004000,
    ViewLives1790000010100,
    ViewSums1790000011000,
    Movements1790000013100,
  ];
  static readonly api: ModuleApi = { problems: viewProblems };
  static readonly views = rebuildableViews;
}
