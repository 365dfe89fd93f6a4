import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { ProblemException } from './problems';

/**
 * Checks what comes in against the class that the controller asks for. Every bad field is named;
 * unknown fields are left out (a tolerant reader); nothing is converted.
 */
export function syntaxPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    exceptionFactory: (errors: ValidationError[]) =>
      new ProblemException(
        'bad-request',
        undefined,
        errors.map(({ property, constraints }) => ({
          field: property,
          message: Object.values(constraints ?? {}).join(', '),
        })),
      ),
  });
}
