import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stockAllocation } from '../support/command-line';
import { query } from '../support/sql';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { createDataSource } from '../../src/database/data-source';
import { number } from '../support/numbered';
import { writeEvents } from '../support/written-events';

/** A module in JavaScript, as Nest's decorator leaves it: a table of refusals, with a view and a command. */
const MODULE = `
class Refusals1790100000001 {
  up(runner) { return runner.query('CREATE TABLE refusals (sku text COLLATE "C", sequence bigint, PRIMARY KEY (sku, sequence))'); }
  down(runner) { return runner.query('DROP TABLE refusals'); }
}
class RefusalsModule {
  static migrations = [Refusals1790100000001];
  static views = [{
    name: 'refusals',
    tables: ['refusals'],
    write(query, events, schema) {
      for (const { event, sequence } of events)
        void query('INSERT INTO ' + schema + 'refusals VALUES ($1, $2) ON CONFLICT DO NOTHING', [event.sku, sequence]);
    },
  }];
  static commands(program, { withDatabase }) {
    program.command('refusals').summary('count refused lines').action(() => withDatabase(async (sql) => {
      const { count } = await sql.row('SELECT count(*) FROM refusals');
      process.stdout.write(count + ' lines were refused\\n');
    }));
  }
}
Reflect.defineMetadata('providers', [], RefusalsModule);
exports.RefusalsModule = RefusalsModule;
`;

let folder: string;
let database: TestDatabase;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stock-allocation-members-'));
  writeFileSync(join(folder, 'refusals.js'), MODULE);
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});
const run = (...args: string[]) =>
  stockAllocation(args, { DATABASE_URL: database.url, MODULES: join(folder, 'refusals.js') });

test('a module brings steps of the schema, views that are made anew, and commands', async () => {
  expect((await run('migrate')).stdout).toBe('1 migrations run\n');
  const dataSource = await createDataSource(database.url).initialize();
  try {
    await writeEvents(dataSource, [
      ['SOFA', 1],
      ['SOFA', 2],
      ['LAMP', 1],
    ]);
    await number(dataSource);
  } finally {
    await dataSource.destroy();
  }
  expect(await run('rebuild', 'refusals')).toMatchObject({ code: 0, stdout: 'refusals rebuilt\n' });
  expect(await run('refusals')).toMatchObject({ code: 0, stdout: '3 lines were refused\n' });
  expect((await run('--help')).stdout).toMatch(/refusals +count refused lines/);
});

test('a view that does not know what events told that are gone is not made anew without them', async () => {
  await query(database.url, 'UPDATE log_head SET first_position = 2');
  expect(await run('rebuild', 'refusals')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      'refusals cannot be made anew: events that told of it are no longer kept',
    ),
  });
  expect(await run('refusals')).toMatchObject({ stdout: '3 lines were refused\n' });
});

test('a name that no view has is refused with those that there are', async () => {
  const { code, stderr } = await run('rebuild', 'refusal');
  expect([code, stderr]).toEqual([2, 'error: Say lines or batches or refusals, not refusal\n']);
});
