/** Where the lines of a log go, by level. */
export interface PostgresLog {
  debug(line: string): void;
  log(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

export const silent: PostgresLog = { debug() {}, log() {}, warn() {}, error() {} };

/** The value of `log_line_prefix` that `levelOf` understands: the kind of process that speaks. */
export const LOG_LINE_PREFIX = '%b: ';

/** https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-SEVERITY-LEVELS */
const LEVELS: Record<string, keyof PostgresLog> = {
  LOG: 'log',
  INFO: 'log',
  NOTICE: 'log',
  WARNING: 'warn',
  ERROR: 'warn',
  FATAL: 'error',
  PANIC: 'error',
};

/**
 * The level at which a line of PostgreSQL's log is worth reading. What a client's own process says, that client
 * is told as well, who knows whether it matters; so it is for whoever looks closely.
 *
 * @returns undefined for a line that goes on with the message before it
 */
export function levelOf(line: string): keyof PostgresLog | undefined {
  const [, process = '', severity] = /^(?:([a-z -]+): )?([A-Z]+\d?): {2}/.exec(line) ?? [];
  if (severity?.startsWith('DEBUG')) return 'debug';
  if (severity === 'LOG' && line.includes(' was terminated by ')) return 'warn';
  const level = severity === undefined ? undefined : LEVELS[severity];
  return level && process.endsWith('client backend') && severity !== 'PANIC' ? 'debug' : level;
}
