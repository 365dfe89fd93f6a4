import { HttpStatus } from '@nestjs/common';
import { problemTypes } from '../../http/problems/problems';

/** What calls of this module may be refused for. */
export const webhookProblems = problemTypes({
  'webhook-not-found': {
    status: HttpStatus.NOT_FOUND,
    title: 'No such webhook',
    meaning: 'There is no endpoint of this id. It was deleted, or never created.',
  },
});
