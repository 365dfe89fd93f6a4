import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { loadConfig } from '../src/app.module';
import { connect } from '../src/database/data-source';
import { LogSequencer, Readers } from '../src/log/contracts';
import { EventRetention } from '../src/log/event-retention';
import { Retention, type RetentionRule } from '../src/retention/contracts';

/** What looks after the log in a service, to be driven by hand. */
export interface Upkeep {
  readonly dataSource: DataSource;
  readonly sequencer: LogSequencer;
  /** Keeps everything. */
  readonly retention: Retention;
  /** Drops each part of the log that is older than the service keeps it by default. @param each does so once */
  dropWhatIsOld(each: (drop: () => Promise<void>) => Promise<void>): Promise<void>;
}

const DAY_MS = 86_400_000;

/** Runs `work` with connections such as the service has. */
export async function asService<T>(databaseUrl: string, work: (upkeep: Upkeep) => Promise<T>): Promise<T> {
  Logger.overrideLogger(['error', 'warn']);
  const dataSource = await connect(databaseUrl);
  try {
    const config = loadConfig({ EVENT_RETENTION_DAYS: '36500' });
    const retention = new Retention(dataSource);
    new EventRetention(dataSource, new Readers(dataSource), retention, config);
    let rule!: RetentionRule;
    const noting = { register: (registered: RetentionRule) => (rule = registered) } as unknown as Retention;
    new EventRetention(dataSource, new Readers(dataSource), noting, config);
    return await work({
      dataSource,
      sequencer: new LogSequencer(dataSource),
      retention,
      dropWhatIsOld: async (each) => {
        const before = new Date(Date.now() - loadConfig({}).EVENT_RETENTION_DAYS * DAY_MS);
        for (let outcome = 'more'; outcome !== 'done';)
          await each(async () => void (outcome = await rule.expire(before)));
      },
    });
  } finally {
    await dataSource.destroy();
  }
}
