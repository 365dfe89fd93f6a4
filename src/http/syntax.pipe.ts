import type { ArgumentMetadata, PipeTransform, Type } from '@nestjs/common';
import { getMetadataStorage, type ValidationError, validateSync } from 'class-validator';
import { ProblemException } from './problems';

/**
 * Checks what comes in against the class that the controller asks for. Every bad field is named;
 * unknown fields are left out (a tolerant reader); nothing is converted.
 *
 * Nest's own ValidationPipe does the same by way of class-transformer and of promises, which take more time
 * than the check itself.
 */
export class SyntaxPipe implements PipeTransform {
  /** @throws ProblemException */
  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    const metatype: Type<object> | undefined = metadata.metatype;
    if (!metatype || fieldsOf(metatype).length === 0) return value;
    return checkSyntax(metatype, value ?? {});
  }
}

/**
 * The same for a part of a body.
 * @throws ProblemException
 */
export function checkSyntax<T extends object>(type: Type<T>, value: unknown): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ProblemException('bad-request', 'An item must be a JSON object.');
  }
  const checked = new type();
  // Only what the class knows is taken over: a field called `constructor` would make another class of it.
  for (const field of fieldsOf(type)) {
    if (Object.hasOwn(value, field)) checked[field as keyof T] = (value as T)[field as keyof T];
  }
  const errors = validateSync(checked);
  if (errors.length > 0) throw badRequest(errors);
  return checked;
}

const fields = new Map<Type<object>, readonly string[]>();

/** The fields that a class declares with a check; none for any other type, such as that of a single parameter. */
function fieldsOf(type: Type<object>): readonly string[] {
  let names = fields.get(type);
  if (!names) {
    const checks = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
    names = [...new Set(checks.map(({ propertyName }) => propertyName))];
    fields.set(type, names);
  }
  return names;
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
