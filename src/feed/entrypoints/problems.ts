import { HttpStatus } from '@nestjs/common';
import { problemTypes } from '../../http/problems';

/** Why the feed cannot be followed. */
export const feedProblems = problemTypes({
  'position-expired': {
    status: HttpStatus.GONE,
    title: 'The position in the log is gone',
    meaning:
      'The events that follow it are no longer retained, or the database has been replaced. Make your copy anew, as ' +
      'docs/messages.md says, and go on from there.',
  },
  'too-many-followers': {
    status: HttpStatus.SERVICE_UNAVAILABLE,
    title: 'The instance has as many followers as it can take',
    meaning:
      'Try again after the seconds that Retry-After says; another instance may have room. Questions with `wait=0` are ' +
      'still answered.',
  },
});
