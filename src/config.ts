import { applyDecorators } from '@nestjs/common';
import { plainToInstance, Transform } from 'class-transformer';
import {
  IsEmail,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateBy,
  validateSync,
} from 'class-validator';
import { flawOfDatabaseUrl } from './database-url';

const number = Transform(({ value }) => (/^\d+$/.test(String(value)) ? Number(value) : value));

/** For how many days something is kept; 0 or `forever` keeps it for good. */
function Days(): PropertyDecorator {
  const message = 'must be a whole number of days up to 36500, or forever';
  return applyDecorators(
    Transform(({ value }) => (value === 'forever' ? 0 : /^\d+$/.test(String(value)) ? Number(value) : value)),
    IsInt({ message }),
    Min(0, { message }),
    Max(36_500, { message }),
  );
}

/**
 * The settings of the service, read from the environment once. Each property is named like its
 * variable; the README's table says what each means.
 */
export class Config {
  @number
  @IsInt({ message: 'must be a whole number' })
  @Min(0, { message: 'must be between 0 and 65535' })
  @Max(65535, { message: 'must be between 0 and 65535' })
  readonly PORT: number = 3000;

  @IsNotEmpty({ message: 'must name an address to listen on, such as 127.0.0.1' })
  readonly HOST: string = '127.0.0.1';

  /** Absent: the service starts a PostgreSQL of its own. */
  @IsOptional()
  @ValidateBy({
    name: 'databaseUrl',
    validator: {
      validate: (value) => flawOfDatabaseUrl(String(value)) === undefined,
      defaultMessage: (args) => flawOfDatabaseUrl(String(args?.value)) ?? '',
    },
  })
  readonly DATABASE_URL?: string;

  /** One at least is left for commands while the broker, which may be slow, takes events out of a transaction. */
  @number
  @IsInt({ message: 'must be a whole number from 2 to 1000' })
  @Min(2, { message: 'must be a whole number from 2 to 1000' })
  @Max(1000, { message: 'must be a whole number from 2 to 1000' })
  readonly DATABASE_WRITE_CONNECTIONS: number = 10;

  @number
  @IsInt({ message: 'must be a whole number from 1 to 1000' })
  @Min(1, { message: 'must be a whole number from 1 to 1000' })
  @Max(1000, { message: 'must be a whole number from 1 to 1000' })
  readonly DATABASE_READ_CONNECTIONS: number = 10;

  @IsNotEmpty({ message: 'must name a folder' })
  readonly DATA_DIR: string = '.data';

  @IsOptional()
  @ValidateBy(
    { name: 'redisUrl', validator: { validate: isRedisUrl } },
    {
      message: 'must look like redis://user:password@host:6379, with special characters percent-encoded',
    },
  )
  readonly REDIS_URL?: string;

  /** What is used of Redis. Pub/sub loses what is sent while somebody is away; streams keep it. */
  @IsIn(['pubsub', 'streams'], { message: 'must be pubsub or streams' })
  readonly REDIS_MODE: 'pubsub' | 'streams' = 'pubsub';

  /** Where availability is read from. Redis holds a copy of what PostgreSQL says. */
  @IsIn(['postgres', 'redis'], { message: 'must be postgres or redis' })
  @ValidateBy(
    {
      name: 'needsRedis',
      validator: {
        validate: (value, args) => value !== 'redis' || (args?.object as Config).REDIS_URL !== undefined,
      },
    },
    { message: 'redis needs REDIS_URL' },
  )
  readonly AVAILABILITY_VIEW: 'postgres' | 'redis' = 'postgres';

  @IsOptional()
  @Matches(/^smtps?:\/\/./, { message: 'must look like smtp://user:password@host:25' })
  readonly SMTP_URL?: string;

  @IsEmail({}, { message: 'must be a mail address' })
  readonly STOCK_ALERTS_TO: string = 'stock@made.com';

  @IsEmail({}, { message: 'must be a mail address' })
  readonly MAIL_FROM: string = 'allocations@example.com';

  /** Days for which events are kept that every reader has passed. */
  @Days()
  readonly EVENT_RETENTION_DAYS: number = 90;

  /** A folder to which events are archived before they go. */
  @IsOptional()
  @IsString()
  readonly EVENT_ARCHIVE_DIR?: string;

  /** Days for which the views show lines that are not held; no longer than events, from which views are rebuilt. */
  @Days()
  readonly CLOSED_LINE_RETENTION_DAYS: number = 90;

  /** Days for which a message that comes again is known. */
  @Days()
  readonly INBOX_RETENTION_DAYS: number = 30;

  /** Days for which mails are kept that were sent, or failed for good. */
  @Days()
  readonly SENT_MAIL_RETENTION_DAYS: number = 30;

  /** Seconds after SIGTERM in which the service goes on as ever, but says that it is not ready. */
  @number
  @IsInt({ message: 'must be a whole number from 0 to 3600' })
  @Min(0, { message: 'must be a whole number from 0 to 3600' })
  @Max(3600, { message: 'must be a whole number from 0 to 3600' })
  readonly SHUTDOWN_DELAY: number = 1;

  /** Seconds after that in which the requests under way are finished. */
  @number
  @IsInt({ message: 'must be a whole number from 0 to 3600' })
  @Min(0, { message: 'must be a whole number from 0 to 3600' })
  @Max(3600, { message: 'must be a whole number from 0 to 3600' })
  readonly SHUTDOWN_GRACE: number = 7;

  @IsString()
  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    message: 'must be one of fatal, error, warn, info, debug, trace, silent',
  })
  readonly LOG_LEVEL: string = 'info';
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

/** A setting that cannot be used. The message names each such setting and what it must be. */
export class ConfigError extends Error {}

/**
 * Reads the settings.
 * @param environment variables by name; empty ones count as absent, unknown ones are ignored
 * @throws ConfigError
 */
export function loadConfig(environment: NodeJS.ProcessEnv): Config {
  const known = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '');
  const config = plainToInstance(Config, Object.fromEntries(known), { exposeDefaultValues: true });
  const problems = validateSync(config, { whitelist: true }).map(
    // The value stays out of the message: a URL may hold a password.
    ({ property, constraints }) => `${property} ${Object.values(constraints ?? {}).join(', ')}`,
  );
  if (problems.length > 0) {
    throw new ConfigError(`The settings cannot be used:\n${problems.map((line) => `  ${line}`).join('\n')}`);
  }
  return Object.freeze(config);
}
