import { HttpStatus } from '@nestjs/common';
import { problemTypes } from '../../http/problems/problems';

/** Why the feed cannot be followed. */
export const feedProblems = problemTypes({
  'too-many-followers': {
    status: HttpStatus.SERVICE_UNAVAILABLE,
    title: 'The instance has as many followers as it can take',
    meaning:
      'Try again after the seconds that Retry-After says; another instance may have room. Questions with `wait=0` are ' +
      'still answered.',
  },
});
