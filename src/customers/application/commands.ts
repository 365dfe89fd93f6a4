import { Command, Query } from '@nestjs/cqrs';

/** A customer says where he gets mails. */
export class IntroduceCustomer extends Command<void> {
  constructor(
    readonly customerId: string,
    readonly email: string,
  ) {
    super();
  }
}

/** The customer has placed an order. Sent again, it changes nothing. */
export class RecordOrder extends Command<void> {
  constructor(
    readonly customerId: string,
    readonly orderId: string,
  ) {
    super();
  }
}

/** All that is kept about a person is taken away. */
export class ForgetCustomer extends Command<void> {
  constructor(readonly customerId: string) {
    super();
  }
}

/** Which priority do lines of the customer have, when the order says nothing of it? (rule 21) */
export class PriorityOfCustomer extends Query<number> {
  constructor(readonly customerId: string) {
    super();
  }
}
