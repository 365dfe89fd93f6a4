import type { DataSource } from 'typeorm';
import { LogSequencer } from '../../src/log/contracts';
import { until } from './until';

/**
 * Numbers the events that were committed, as a service would that runs. One that does run may be at it just then, and is
 * waited for. When the machine stands still meanwhile the database ends the session, and it is tried again.
 * @param sequencer of that service, when it is to tell who follows the log
 */
export async function number(
  dataSource: DataSource,
  sequencer = new LogSequencer(dataSource),
): Promise<void> {
  let failure: unknown;
  await until(async () => {
    try {
      while ((await sequencer.number()) > 0);
    } catch (error) {
      failure = error;
      return false;
    }
    return (await dataSource.query<object[]>('SELECT FROM outbox LIMIT 1')).length === 0;
  }).catch((error: unknown) => {
    throw failure ?? error;
  });
}

/** The same, and every reader has had them, whatever it made of them. */
export async function settle(dataSource: DataSource): Promise<void> {
  await number(dataSource);
  await dataSource.query('UPDATE readers SET position = (SELECT position FROM log_head)');
}
