import { HttpStatus } from '@nestjs/common';
import { problemTypes } from '../../http/problems/problems';
import { CursorExpired } from '../log-cursor';

/** Why the log cannot be read from some place on. */
export const logProblems = problemTypes({
  'position-expired': {
    status: HttpStatus.GONE,
    title: 'The position in the log is gone',
    meaning:
      'The events that follow it are no longer retained, or the database has been replaced. Make your copy anew, as ' +
      'docs/messages.md says, and go on from there.',
    example: new CursorExpired(),
  },
});
