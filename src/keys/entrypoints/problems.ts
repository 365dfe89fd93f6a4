import { HttpStatus } from '@nestjs/common';
import { problemTypes } from '../../http/problems/problems';
import { KeyExists } from '../key';

/** What calls of this module may be refused for. */
export const keyProblems = problemTypes({
  'key-not-found': {
    status: HttpStatus.NOT_FOUND,
    title: 'No such key',
    meaning: 'There is no key of this id, or it cannot be rotated since it was revoked or has expired.',
  },
  'key-exists': {
    status: HttpStatus.CONFLICT,
    title: 'The name is taken',
    meaning: 'A key of this name is in use. Rotate it, revoke it first, or choose another name.',
    example: new KeyExists('shop'),
  },
});
