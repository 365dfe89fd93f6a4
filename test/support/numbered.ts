import type { DataSource } from 'typeorm';
import { LogSequencer } from '../../src/log/contracts';

/** Numbers the events that were committed, as a service would that runs. */
export async function number(dataSource: DataSource): Promise<void> {
  const sequencer = new LogSequencer(dataSource);
  while ((await sequencer.number()) > 0);
}

/** The same, and every reader has had them, whatever it made of them. */
export async function settle(dataSource: DataSource): Promise<void> {
  await number(dataSource);
  await dataSource.query('UPDATE readers SET position = (SELECT position FROM log_head)');
}
