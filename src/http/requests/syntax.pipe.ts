import type { ArgumentMetadata, PipeTransform, Type } from '@nestjs/common';
import { getMetadataStorage, validateSync, ValidationTypes } from 'class-validator';
import { misspellings } from '../../syntax';
import { checksOf } from './fields';
import { httpProblems } from '../problems/http-problems';
import { type FieldError, ProblemException } from '../problems/problems';

/**
 * Checks what comes in against the class that the controller asks for. Every bad field is named; unknown
 * fields are left out (a tolerant reader), unless they look like a known one misspelt; nothing is converted.
 *
 * Nest's own ValidationPipe does the same by way of class-transformer and of promises, which take more time
 * than the check itself.
 */
export class SyntaxPipe implements PipeTransform {
  /** @throws ProblemException */
  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    const metatype: Type<object> | undefined = metadata.metatype;
    if (!metatype || syntaxOf(metatype).fields.length === 0) return value;
    return checkSyntax(metatype, value ?? {});
  }
}

/**
 * The same for a part of a body.
 * @throws ProblemException
 */
export function checkSyntax<T extends object>(type: Type<T>, value: unknown): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ProblemException(httpProblems['bad-request'], 'An item must be a JSON object.');
  }
  const { checked, errors } = readFields(type, value);
  if (errors.length > 0) throw new ProblemException(httpProblems['bad-request'], undefined, errors);
  return checked;
}

/**
 * The same for an object within a body; what is wrong is said of `customer.email`, say.
 * @param name of the field that it is
 * @throws ProblemException
 */
export function checkPart<T extends object>(type: Type<T>, name: string, value: unknown): T {
  const { checked, errors } = readPart(type, name, value);
  if (!checked || errors.length > 0)
    throw new ProblemException(httpProblems['bad-request'], undefined, errors);
  return checked;
}

/**
 * The same for a list of objects that are taken together or not at all; what is wrong is said of `lines[2].qty`, say.
 * @param name of the list
 * @param key the field that tells them apart, which no two may have alike
 * @throws ProblemException
 */
export function checkItems<T extends object>(
  type: Type<T>,
  name: string,
  items: readonly unknown[],
  key: keyof T & string,
): T[] {
  const read = items.map((item, index) => readPart(type, `${name}[${index}]`, item));
  const seen = new Set<unknown>();
  const twice = read.flatMap(({ checked }, index): FieldError[] => {
    const value = checked?.[key];
    if (value === undefined || !seen.has(value)) {
      seen.add(value);
      return [];
    }
    return [{ field: `${name}[${index}].${key}`, message: 'is there already; name it once' }];
  });
  const errors = [...read.flatMap((part) => part.errors), ...twice];
  if (errors.length > 0) throw new ProblemException(httpProblems['bad-request'], undefined, errors);
  return read.map(({ checked }) => checked!);
}

function readPart<T extends object>(
  type: Type<T>,
  name: string,
  value: unknown,
): { readonly checked?: T; readonly errors: readonly FieldError[] } {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { errors: [{ field: name, message: 'must be a JSON object' }] };
  const { checked, errors } = readFields(type, value);
  return { checked, errors: errors.map(({ field, message }) => ({ field: `${name}.${field}`, message })) };
}

/** Takes over what the class knows, and says of each field what is wrong with it. */
export function readFields<T extends object>(
  type: Type<T>,
  value: object,
): { readonly checked: T; readonly errors: readonly FieldError[] } {
  const checked = new type();
  const { fields: known, isSound } = syntaxOf(type);
  // Only what the class knows is taken over: a field called `constructor` would make another class of it.
  for (const field of known) {
    if (Object.hasOwn(value, field)) checked[field as keyof T] = (value as T)[field as keyof T];
  }
  const misspelt = misspellings(Object.keys(value), known).map(({ field, meant }) => ({
    field,
    message: `is unknown; did you mean ${meant}?`,
  }));
  return { checked, errors: isSound(checked) ? misspelt : [...misspelt, ...badFields(checked)] };
}

function badFields(checked: object): FieldError[] {
  return validateSync(checked).map(({ property, constraints }) => ({
    field: property,
    message: Object.values(constraints ?? {}).join(', '),
  }));
}

interface Syntax {
  /** The fields that a class declares with a check; none for any other type, such as that of a single parameter. */
  readonly fields: readonly string[];
  /** Whether nothing is wrong, as far as that can be told at once; class-validator knows more, and takes its time. */
  readonly isSound: (checked: object) => boolean;
}

const syntaxes = new Map<Type<object>, Syntax>();

function syntaxOf(type: Type<object>): Syntax {
  let syntax = syntaxes.get(type);
  if (!syntax) {
    const declared = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
    refuseNesting(type, declared);
    const fields = [...new Set(declared.map(({ propertyName }) => propertyName))];
    const own = [...checksOf(type)];
    const isOwn = declared.length === own.length && own.every(([field]) => fields.includes(field));
    syntax = {
      fields,
      isSound: (checked) =>
        isOwn && own.every(([field, holds]) => holds((checked as Record<string, unknown>)[field])),
    };
    syntaxes.set(type, syntax);
  }
  return syntax;
}

/** A check of nested objects needs them to be made of their class, which takes class-transformer: it would refuse everything. */
function refuseNesting(
  { name }: Type<object>,
  declared: readonly { readonly type: string; readonly propertyName: string }[],
): void {
  const nested = declared.find(({ type }) => type === ValidationTypes.NESTED_VALIDATION);
  if (!nested) return;
  throw new Error(
    `@ValidateNested is not supported (${name}.${nested.propertyName}): declare the field with @Items of ` +
      'src/http/requests/fields.ts, or a check of your own, and have its parts checked by checkItems or checkPart',
  );
}
