import { Query } from '@nestjs/cqrs';
import type { Explanation } from '../domain/explanation';
import type { OrderLine, Terms } from '../domain/order-line';

/** What would `Allocate` do with the line now? (rule 19) */
export class Explain extends Query<Explanation> {
  constructor(
    readonly line: OrderLine,
    readonly terms: Terms = {},
  ) {
    super();
  }
}
