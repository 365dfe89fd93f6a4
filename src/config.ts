import { plainToInstance, Transform } from 'class-transformer';
import { IsOptional, ValidateBy, validateSync, type ValidationOptions } from 'class-validator';
import { applyDecorators } from '@nestjs/common';

/** A setting that cannot be used. The message names each such setting and what it must be. */
export class ConfigError extends Error {}

/**
 * The settings of a module: a class whose properties are named like their variables, with their defaults, and checked by
 * class-validator. The README's table says what each means.
 */
export type SettingsClass = new () => object;

/** All the settings of these classes in one object. */
export type SettingsOf<Classes extends readonly SettingsClass[]> = Classes extends readonly [
  new () => infer First,
  ...infer Rest extends readonly SettingsClass[],
]
  ? Readonly<First> & SettingsOf<Rest>
  : unknown;

/**
 * Reads the settings of all modules. Two of them may ask for the same variable.
 * @param environment variables by name; empty ones count as absent, unknown ones are ignored
 * @throws ConfigError
 */
export function readSettings<const Classes extends readonly SettingsClass[]>(
  environment: NodeJS.ProcessEnv,
  classes: Classes,
): SettingsOf<Classes> {
  const known = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '');
  const settings = {};
  const problems = new Set<string>();
  for (const type of classes) {
    const read = plainToInstance(type, Object.fromEntries(known), { exposeDefaultValues: true });
    for (const { property, constraints } of validateSync(read, { whitelist: true })) {
      // The value stays out of the message: a URL may hold a password.
      problems.add(`${property} ${Object.values(constraints ?? {}).join(', ')}`);
    }
    Object.assign(settings, read);
  }
  if (problems.size > 0) {
    throw new ConfigError(
      `The settings cannot be used:\n${[...problems].map((line) => `  ${line}`).join('\n')}`,
    );
  }
  return Object.freeze(settings) as SettingsOf<Classes>;
}

/** A setting that is a whole number. */
export function WholeNumber(smallest: number, largest: number): PropertyDecorator {
  const validate = (value: unknown) =>
    Number.isInteger(value) && (value as number) >= smallest && (value as number) <= largest;
  return applyDecorators(
    Transform(({ value }) => (/^\d+$/.test(String(value)) ? Number(value) : (value as unknown))),
    checked('wholeNumber', validate, { message: `must be a whole number from ${smallest} to ${largest}` }),
  );
}

/** A setting that is a number of days for which something is kept; 0 or `forever` keeps it for good. */
export function Days(): PropertyDecorator {
  const validate = (value: unknown) => Number.isInteger(value) && (value as number) <= 36_500;
  return applyDecorators(
    Transform(({ value }) =>
      value === 'forever' ? 0 : /^\d+$/.test(String(value)) ? Number(value) : (value as unknown),
    ),
    checked('days', validate, { message: 'must be a whole number of days up to 36500, or forever' }),
  );
}

/** A setting that is a list of texts, separated by commas; absent: none. */
export function ListOf(isItem: (item: string) => boolean, message: string): PropertyDecorator {
  const validate = (items: unknown) => Array.isArray(items) && items.every((item) => isItem(item as string));
  return applyDecorators(
    IsOptional(),
    Transform(({ value }) =>
      String(value)
        .split(',')
        .map((item) => item.trim()),
    ),
    checked('list', validate, { message }),
  );
}

/** Where Redis is; absent: nowhere. */
export function RedisUrl(): PropertyDecorator {
  const message = 'must look like redis://user:password@host:6379, with special characters percent-encoded';
  return applyDecorators(IsOptional(), checked('redisUrl', isRedisUrl, { message }));
}

function checked(
  name: string,
  validate: (value: unknown) => boolean,
  options: ValidationOptions,
): PropertyDecorator {
  return ValidateBy({ name, validator: { validate } }, options);
}

/** Whether the driver can take it apart; it would throw later, and show the password. */
function isRedisUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !/^rediss?:\/\/[^/?#]+(\/\d*)?(\?.*)?$/.test(value)) return false;
  try {
    const { username, password } = new URL(value);
    return decodeURIComponent(username + password) !== undefined;
  } catch {
    return false;
  }
}
