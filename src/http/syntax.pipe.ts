import { ValidationPipe } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import { ProblemException } from './problems';

/**
 * Checks what comes in against the class that the controller asks for. Every bad field is named;
 * unknown fields are left out (a tolerant reader); nothing is converted.
 */
export function syntaxPipe(): ValidationPipe {
  return new ValidationPipe({ transform: true, whitelist: true, exceptionFactory: badRequest });
}

/**
 * The same for a part of a body.
 * @throws ProblemException
 */
export function checkSyntax<T extends object>(type: new () => T, value: unknown): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ProblemException('bad-request', 'An item must be a JSON object.');
  }
  const checked = plainToInstance(type, value);
  const errors = validateSync(checked, { whitelist: true });
  if (errors.length > 0) throw badRequest(errors);
  return checked;
}

function badRequest(errors: readonly ValidationError[]): ProblemException {
  return new ProblemException(
    'bad-request',
    undefined,
    errors.map(({ property, constraints }) => ({
      field: property,
      message: Object.values(constraints ?? {}).join(', '),
    })),
  );
}
