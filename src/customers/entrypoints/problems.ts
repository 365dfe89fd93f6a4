import { HttpStatus } from '@nestjs/common';
import { problemTypes } from '../../http/problems/problems';
import { CustomerNotFound } from '../domain/errors';

/** What calls of this module may be refused for. */
export const customerProblems = problemTypes({
  'customer-not-found': {
    example: new CustomerNotFound('customer-001'),
    status: HttpStatus.NOT_FOUND,
    title: 'No such customer',
    meaning: 'No order ever named this customer, or he was forgotten.',
  },
});
