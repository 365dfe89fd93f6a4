import type { Client } from 'pg';
import { auditMovements, auditViews, auditWriteModel } from '../../test/support/audit';
import type { ServiceProcess } from '../service';
import { Calendar } from './calendar';
import type { Calls } from './calls';
import { Day, PostgresTime, tableSizes } from './figures';
import { type Scale, Shop } from './shop';

/** Days of a month. */
export const MONTH = 30;

interface Surroundings {
  readonly databaseUrl: string;
  /** Of that database, which has a `Calendar`. */
  readonly client: Client;
  readonly service: Pick<ServiceProcess, 'memory' | 'cpuSeconds' | 'notify'>;
  readonly calls: Calls;
}

export interface Simulated {
  readonly days: readonly Day[];
  /** What the audits found, and where the books of the shop and the service differ. */
  readonly faults: readonly string[];
}

/**
 * Lets a shop live for some days, and audits it.
 * @param onMonth gets the days so far whenever a month is over, the last one too
 */
export async function simulate(
  { databaseUrl, client, service, calls }: Surroundings,
  scale: Scale,
  onMonth: (days: readonly Day[]) => void,
): Promise<Simulated> {
  const shop = new Shop(scale, calls, new Calendar(client, service));
  const postgres = await PostgresTime.of(client);
  const days: Day[] = [];
  while (days.length < scale.days) {
    const day = new Day();
    await shop.live(days.length, day, async (work) => {
      const before = [await service.cpuSeconds(), await postgres.seconds()];
      await work();
      day.serviceSeconds = (await service.cpuSeconds()) - before[0];
      day.postgresSeconds = (await postgres.seconds()) - before[1];
    });
    day.memory = await service.memory();
    days.push(day);
    if (days.length % MONTH === 0 || days.length === scale.days) {
      day.tables = await tableSizes(client);
      onMonth(days);
    }
  }
  const audits = await Promise.all([
    shop.compare(),
    auditWriteModel(databaseUrl),
    auditViews(databaseUrl),
    auditMovements(databaseUrl),
  ]);
  return { days, faults: audits.flat() };
}
