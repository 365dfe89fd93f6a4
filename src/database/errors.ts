import { isAnnounced, Unavailable } from '../unavailable';

/**
 * The SQLSTATE of an error that PostgreSQL answered, or the code of one that kept it from answering
 * (`ECONNREFUSED`); undefined for any other error.
 */
export function databaseErrorCode(error: unknown): string | undefined {
  // Errors of Node's own are no instances of Error in a test that runs in a context of its own.
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, driverError } = error as { code?: unknown; driverError?: { code?: unknown } };
  const found = driverError?.code ?? code;
  return typeof found === 'string' ? found : undefined;
}

export const READ_ONLY = '25006';
export const UNIQUE_VIOLATION = '23505';
export const LOCK_NOT_AVAILABLE = '55P03';
export const DISK_FULL = '53100';
export const PERMISSION_DENIED = '42501';

const UNREACHABLE = 'The database cannot be reached';
const STOPPED = 'The database took too long over a statement, or was told to stop it';

/**
 * Why the database cannot serve right now, by SQLSTATE (PostgreSQL, appendix A) or by the code of Node; the first that
 * fits. What is not here is no passing trouble but a mistake, in the statement or in what it was given.
 */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [new RegExp(READ_ONLY), 'The database is read-only at the moment'],
  [new RegExp(DISK_FULL), 'The disk of the database is full'],
  [/^53/, 'The database has no connections or no memory left'],
  // A standby stops a statement that is in the way of what it has to replay, with a serialization failure.
  [/^(57014|40001|40P01)/, STOPPED],
  [new RegExp(LOCK_NOT_AVAILABLE), 'What is asked for has been locked by others for too long'],
  // PostgreSQL also says so of files on a file system that has become read-only.
  [new RegExp(PERMISSION_DENIED), 'The database refuses the service a permission that it needs'],
  [/^58/, 'The database has trouble with its disk'],
  // Lost connections, sessions ended by a timeout, starting or stopping, a login refused, a database that is gone.
  [/^(08|25P0[345]|57P|28|3D000)/, UNREACHABLE],
  [/^E(?!RR_)|^ERR_(SOCKET|STREAM|TLS|SSL)|CERT|^UNABLE_TO/, UNREACHABLE],
];

/** The same for errors without a code, of pg and TypeORM, by their message. */
const REASONS_WITHOUT_CODE: readonly (readonly [RegExp, string])[] = [
  [/timeout exceeded when trying to connect/, 'All connections to the database are in use'],
  [/query read timeout/i, 'The database does not answer'],
  [/connection (terminated|timeout)|timeout expired|not queryable|runner already released/i, UNREACHABLE],
  [/driver not connected|after calling end on the pool|does not support SSL|^SASL/i, UNREACHABLE],
];

/**
 * What to tell when the database cannot serve right now; undefined when the error says something else. The one place
 * that knows: whoever uses the database on behalf of a client throws this in place of the error.
 */
export function unavailable(error: unknown): Unavailable | undefined {
  const code = databaseErrorCode(error);
  const { message } = (error ?? {}) as { message?: unknown };
  const [reasons, text] = code === undefined ? [REASONS_WITHOUT_CODE, String(message)] : [REASONS, code];
  const reason = reasons.find(([pattern]) => pattern.test(text))?.[1];
  if (reason === undefined) return undefined;
  return new Unavailable(reason, { cause: error, reason, announced: isAnnounced(error) });
}

/**
 * For the `catch` of a promise.
 * @throws Unavailable when the database cannot serve right now, else the error as it is
 */
export function throwTranslated(error: unknown): never {
  throw unavailable(error) ?? error;
}
