import { auditViews, auditWriteModel } from '../support/audit';
import { randomRef, randomSku } from '../support/random-refs';
import { RunningService } from '../support/running-service';
import { query } from '../support/sql';
import { createTestDatabase } from '../support/test-database';
import { until } from '../support/until';

const [INSTANCES, CLIENTS, LINES] = [3, 64, 2_000];
/** Transactions that the database refuses in a race without locks, at the least. */
const REFUSALS = 50;
const BATCHES = [400, 300, 200, 100];

interface Outcome {
  readonly statuses: Record<string, number>;
  readonly allocated: number;
  readonly outOfStock: number;
  readonly oversold: boolean;
  readonly findings: string[];
  /** Transactions that the database did not let commit. */
  readonly rollbacks: number;
}

/**
 * Three instances, many clients, one SKU whose stock suffices for half of the lines.
 * @param refusals fewer than these would be a mistake
 */
async function race(main: string, refusals = 0): Promise<Outcome> {
  const database = await createTestDatabase();
  const services: RunningService[] = [];
  try {
    const settings = { DATABASE_URL: database.url, LOG_LEVEL: 'info' };
    services.push(
      ...(await Promise.all(Array.from({ length: INSTANCES }, () => RunningService.start(settings, main)))),
    );
    const sku = randomSku('SOFA');
    for (const qty of BATCHES) await services[0].post('/v1/batches', { ref: randomRef(), sku, qty });

    const statuses: Record<string, number> = {};
    let next = 0;
    const client = async (index: number) => {
      const service = services[index % INSTANCES];
      while (next < LINES) {
        const status = await service.post('/v1/allocations', { orderId: `order-${next++}`, sku, qty: 1 });
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(index)));

    await Promise.all(services.map((service) => service.stop()));
    const count = async (sql: string) => Number((await query(database.url, sql))[0].count);
    const allocated = await count('SELECT count(*) FROM allocations');
    const rollbacks = () =>
      count('SELECT xact_rollback AS count FROM pg_stat_database WHERE datname = current_database()');
    // Statistics come a moment later.
    await until(async () => (await rollbacks()) >= refusals).catch(() => undefined);
    return {
      statuses,
      allocated,
      outOfStock: await count(`SELECT count(*) FROM events WHERE type = 'OutOfStock'`),
      oversold: allocated > BATCHES.reduce((sum, qty) => sum + qty),
      findings: [...(await auditWriteModel(database.url)), ...(await auditViews(database.url))],
      rollbacks: await rollbacks(),
    };
  } finally {
    await Promise.all(services.map((service) => service.stop('SIGKILL')));
    await database.drop();
  }
}

test('three instances promise exactly what is there, and every client gets an answer (promise 2)', async () => {
  const { statuses, allocated, outOfStock, findings } = await race('src/main.ts');

  expect(statuses).toEqual({ 202: LINES });
  expect({ allocated, outOfStock }).toEqual({ allocated: 1_000, outOfStock: 1_000 });
  expect(findings).toEqual([]);
});

test('without locks the database has to refuse what the same race would oversell (rule 3, promise 2)', async () => {
  const { oversold, findings, rollbacks, statuses } = await race('test/support/unguarded-main.ts', REFUSALS);

  console.log(
    `Without locks: ${rollbacks} transactions refused by the database, answers ${JSON.stringify(statuses)}`,
  );
  expect({ oversold, findings }).toEqual({ oversold: false, findings: [] });
  expect(rollbacks).toBeGreaterThanOrEqual(REFUSALS);
});
