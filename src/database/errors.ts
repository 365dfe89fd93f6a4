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

/**
 * Whether the database cannot be reached or cannot serve anybody right now: refused or lost connections
 * (class 08), shutting down or starting (57P), too many clients (53).
 */
export function isConnectionError(error: unknown): boolean {
  const code = databaseErrorCode(error);
  if (code !== undefined) {
    return /^(08|53|57P)/.test(code) || /^E(CONN|PIPE|HOST|NET|TIMEDOUT)/.test(code) || code === '25P03';
  }
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === 'string' && WITHOUT_CODE.test(message);
}

/** What pg says without a code: the connection was lost, could not be had in time, or did not answer. */
const WITHOUT_CODE =
  /connection (terminated|timeout)|timeout exceeded when trying to connect|query read timeout/i;
