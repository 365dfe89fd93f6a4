import { levelOf } from '../../src/database/embedded/log';

test.each([
  ['postmaster: LOG:  database system is ready to accept connections', 'log'],
  ['postmaster: LOG:  client backend (PID 42) was terminated by signal 9: Killed', 'warn'],
  ['autovacuum worker: WARNING:  table is nearly out of transaction ids', 'warn'],
  ['checkpointer: ERROR:  could not write to file "base/5/1259": No space left on device', 'warn'],
  ['startup: FATAL:  could not write to file "pg_wal/xlogtemp.42": No space left on device', 'error'],
  ['FATAL:  configuration file "postgresql.conf" contains errors', 'error'],
  ['client backend: PANIC:  could not write to log file', 'error'],
  // Its client is told.
  ['client backend: ERROR:  duplicate key value violates unique constraint "products_pkey"', 'debug'],
  ['dead-end client backend: FATAL:  the database system is starting up', 'debug'],
  ['walwriter: DEBUG1:  created and filled new WAL file', 'debug'],
  // Parts of the message before them.
  ['client backend: DETAIL:  Key (sku)=(LAMP) already exists.', undefined],
  ['\tFROM products WHERE note = LOG:  of the ship', undefined],
])('a line of PostgreSQL has the level at which it is worth reading: %s', (line, level) => {
  expect(levelOf(line)).toBe(level);
});
