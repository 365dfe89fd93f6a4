import { Injectable } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { IntroduceCustomer, PriorityOfCustomer, RecordOrder } from '../../customers/contracts';
import { Customers } from '../application/customers';

/** The customers as the module `customers` has them. */
@Injectable()
export class RegisteredCustomers extends Customers {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {
    super();
  }

  override priorityOf(customerId: string): Promise<number> {
    return this.queries.execute(new PriorityOfCustomer(customerId));
  }

  override introduce(customerId: string, email: string): Promise<void> {
    return this.commands.execute(new IntroduceCustomer(customerId, email));
  }

  override recordOrder(customerId: string, orderId: string): Promise<void> {
    return this.commands.execute(new RecordOrder(customerId, orderId));
  }
}
