import { Calls, type LineAnswer, type LineWish } from '../../bench/simulation/calls';
import { ServiceProcess } from '../../bench/service';
import { Calendar } from '../../bench/simulation/calendar';
import { Day } from '../../bench/simulation/figures';
import { simulate, type Simulated } from '../../bench/simulation/simulation';
import { connected } from '../support/sql';
import { createEmptyDatabase, migrate } from '../support/test-database';

/** Long enough for the first sale, and for ships to arrive. */
const SHOP = { days: 15, skus: 1_000, linesPerDay: 40, seed: 1 };

/** Lets a tiny shop live. @param Made the calls that it makes */
async function shop(Made: typeof Calls): Promise<Simulated & { now: string }> {
  const database = await createEmptyDatabase();
  const client = await connected(database.url);
  try {
    await Calendar.install(client);
    await migrate(database.url);
    const service = await ServiceProcess.start(database.url, 'test/support/calendar-main.ts');
    const calls = new Made(service.url);
    try {
      const surroundings = { databaseUrl: database.url, client, service, calls };
      const simulated = await simulate(surroundings, SHOP, () => {});
      const { rows } = await client.query<{ now: string }>(
        `SELECT (occurred_at - pg_catalog.now())::text AS now FROM log ORDER BY position DESC LIMIT 1`,
      );
      return { ...simulated, now: rows[0].now };
    } finally {
      calls.close();
      await service.stop();
    }
  } finally {
    await client.end();
    await database.drop();
  }
}

test('the books of a shop agree with the service, day by day', async () => {
  const { days, faults, now } = await shop(Calls);
  expect(faults).toEqual([]);
  const { lines, saleLines, promised, kept, cancelled, waited, outOfStock, tables } = Day.sum(days);
  expect([days.length, lines, saleLines]).toEqual([15, 15 * 40 + 120, 120]);
  for (const some of [promised, kept, cancelled, waited, outOfStock]) expect(some).toBeGreaterThan(0);
  expect(tables.map(({ name }) => name)).toContain('allocations');
  // The last event is of the last day.
  expect(now).toMatch(/^1[34] days/);
}, 180_000);

/** Says of the first line that waits that it is allocated, and of the first one to be dispatched that it is. */
class Lying extends Calls {
  private hasBoasted = false;
  private hasForgotten = false;

  override async allocate(lines: readonly LineWish[], onAnswer: (milliseconds: number) => void) {
    const answers = await super.allocate(lines, onAnswer);
    return answers.map((answer): LineAnswer => {
      if (this.hasBoasted || answer.outcome !== 'waiting') return answer;
      this.hasBoasted = true;
      return { ...answer, outcome: 'allocated', batchRef: 'batch-1', eta: null };
    });
  }

  override async dispatch(line: LineWish) {
    if (this.hasForgotten) return super.dispatch(line);
    this.hasForgotten = true;
  }
}

test('an answer that the log does not tell is found out, and a dispatch that was never done', async () => {
  const { faults } = await shop(Lying);
  expect(faults).toEqual([
    expect.stringMatching(/ was answered "allocated" \(batch-1\), the log says "waiting" \(null\)$/),
    expect.stringMatching(/ is dispatched, of which the log knows nothing$/),
    expect.stringMatching(/^batch-\d+: the books say .*, the service /),
  ]);
}, 180_000);
