import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule, EventBus } from '@nestjs/cqrs';
import { commandHandlers } from '../../application/command-handlers';
import { CommitPublisher } from '../../application/commit-publisher';
import { ProductRepository } from '../../application/product-repository';
import { queryHandlers } from '../../application/query-handlers';
import { UnitOfWork } from '../../application/unit-of-work';
import { CsvProductRepository } from './csv-product-repository';
import { CsvUnitOfWork } from './csv-unit-of-work';

/** The allocation module with its ports bound to CSV files: no database, no network. */
@Module({})
export class CsvAllocationModule {
  static on(products: CsvProductRepository): DynamicModule {
    return {
      module: CsvAllocationModule,
      imports: [CqrsModule.forRoot()],
      providers: [
        ...commandHandlers,
        ...queryHandlers,
        { provide: CommitPublisher, useExisting: EventBus },
        { provide: UnitOfWork, useClass: CsvUnitOfWork },
        { provide: ProductRepository, useValue: products },
      ],
    };
  }
}
