import { CommandHandler, type ICommandHandler, type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { CustomerNotFound } from '../domain/errors';
import { priorityOf } from '../domain/history';
import { ForgetCustomer, IntroduceCustomer, PriorityOfCustomer, RecordOrder } from './commands';
import { CustomerRepository } from './customer-repository';
import { CustomersUnitOfWork } from './unit-of-work';

@CommandHandler(IntroduceCustomer)
export class IntroduceCustomerHandler implements ICommandHandler<IntroduceCustomer> {
  constructor(
    private readonly unitOfWork: CustomersUnitOfWork,
    private readonly customers: CustomerRepository,
  ) {}

  /** His address comes with each of his orders, and is the same as a rule: then nothing is written. */
  async execute({ customerId, email }: IntroduceCustomer): Promise<void> {
    if (await this.customers.getsMailsAt(customerId, email)) return;
    await this.unitOfWork.run(customerId, undefined, (history) => history.introduce(email));
  }
}

@CommandHandler(RecordOrder)
export class RecordOrderHandler implements ICommandHandler<RecordOrder> {
  constructor(private readonly unitOfWork: CustomersUnitOfWork) {}

  execute({ customerId, orderId }: RecordOrder): Promise<void> {
    return this.unitOfWork.run(customerId, orderId, (history) => history.recordOrder(orderId));
  }
}

@CommandHandler(ForgetCustomer)
export class ForgetCustomerHandler implements ICommandHandler<ForgetCustomer> {
  constructor(private readonly customers: CustomerRepository) {}

  /** @throws CustomerNotFound */
  async execute({ customerId }: ForgetCustomer): Promise<void> {
    if (!(await this.customers.forget(customerId))) throw new CustomerNotFound(customerId);
  }
}

@QueryHandler(PriorityOfCustomer)
export class PriorityOfCustomerHandler implements IQueryHandler<PriorityOfCustomer> {
  constructor(private readonly customers: CustomerRepository) {}

  async execute({ customerId }: PriorityOfCustomer): Promise<number> {
    const customer = await this.customers.find(customerId);
    return priorityOf(customer?.vip ?? false);
  }
}

export const customerHandlers = [
  IntroduceCustomerHandler,
  RecordOrderHandler,
  ForgetCustomerHandler,
  PriorityOfCustomerHandler,
];
