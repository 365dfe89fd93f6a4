import { Module } from '@nestjs/common';
import { AllocationViewController } from './allocations.controller';
import { BatchViewController } from './batches.controller';
import { BookViewController } from './book.controller';
import { StockQueries } from './stock.queries';

/** What can be looked at. */
@Module({
  controllers: [BatchViewController, AllocationViewController, BookViewController],
  providers: [StockQueries],
})
export class ViewsModule {}
