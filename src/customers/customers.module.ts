import { join } from 'node:path';
import { Module } from '@nestjs/common';
import type { Panel } from '../board/contracts';
import type { Migration } from '../database/data-source';
import type { ModuleApi } from '../http/module-api';
import { CustomerOrderRetention } from './adapters/customer-order-retention';
import { PostgresCustomerRepository } from './adapters/postgres-customer-repository';
import { PostgresCustomersUnitOfWork } from './adapters/postgres-customers-unit-of-work';
import { CustomerRepository } from './application/customer-repository';
import { customerHandlers } from './application/handlers';
import { CustomersUnitOfWork } from './application/unit-of-work';
import { CustomersSettings } from './customers-settings';
import { CustomersController } from './entrypoints/customers.controller';
import { customerProblems } from './entrypoints/problems';
import { Customers1790000015100 } from './migrations/1790000015100-customers';

/** Who orders how often, and who is a VIP. It knows nothing of stock. */
@Module({
  controllers: [CustomersController],
  providers: [
    ...customerHandlers,
    { provide: CustomersUnitOfWork, useClass: PostgresCustomersUnitOfWork },
    { provide: CustomerRepository, useClass: PostgresCustomerRepository },
    CustomerOrderRetention,
  ],
})
export class CustomersModule {
  static readonly settings = CustomersSettings;
  static readonly migrations: readonly Migration[] = [Customers1790000015100];
  static readonly api: ModuleApi = {
    problems: customerProblems,
    tags: [{ name: 'Customers', description: 'Who orders, and how often. They come with their orders.' }],
  };
  static readonly panels: readonly Panel[] = [
    { name: 'customers', title: 'Customers', scope: 'read', file: join(__dirname, 'board-panel.js') },
  ];
}
