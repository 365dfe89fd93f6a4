import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stockAllocation } from '../support/command-line';
import { RunningService } from '../support/running-service';
import { query } from '../support/sql';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { createDataSource } from '../../src/database/data-source';
import { number } from '../support/numbered';
import { writeEvents } from '../support/written-events';

/** A module in JavaScript, as Nest's decorator leaves it, with every member that a module may have but settings. */
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
  static api = {
    tags: [{ name: 'Refusals', description: 'What was refused.' }],
    description: 'Refusals are counted.',
    problems: {
      'never-refused': { kind: 'never-refused', status: 404, title: 'Never refused', meaning: 'No line of the SKU was refused.' },
    },
  };
  static messages = {
    channels: { refusals: { address: 'refusals' } },
    operations: {},
    messages: { Refusal: { payload: { $ref: '#/components/schemas/Refusal' } } },
    schemas: { Refusal: { type: 'object' } },
  };
  static panels = [{ name: 'refusals', title: 'Refusals', scope: 'read', file: __dirname + '/panel.js' }];
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

const PANEL = 'export default () => "Refusals";\n';

let folder: string;
let database: TestDatabase;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stock-allocation-members-'));
  writeFileSync(join(folder, 'refusals.js'), MODULE);
  writeFileSync(join(folder, 'panel.js'), PANEL);
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});
const settings = () => ({ DATABASE_URL: database.url, MODULES: join(folder, 'refusals.js') });
const run = (...args: string[]) => stockAllocation(args, settings());

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

test('a module brings problems, parts of both documents, and a page of the board', async () => {
  const service = await RunningService.start(settings());
  try {
    const text = async (path: string) => (await fetch(`${service.url}${path}`)).text();
    const openapi = JSON.parse(await text('/docs-json')) as { info: { description: string }; tags: object[] };
    expect(openapi.tags).toContainEqual({ name: 'Refusals', description: 'What was refused.' });
    expect(openapi.info.description).toContain('Refusals are counted.');
    expect(await text('/problems/never-refused')).toContain('No line of the SKU was refused.');
    expect(JSON.parse(await text('/asyncapi.json'))).toMatchObject({
      channels: { refusals: { address: 'refusals' } },
      components: { schemas: { Refusal: { type: 'object' } } },
    });
    const session = JSON.parse(await text('/v1/session')) as { panels: object[] };
    expect(session.panels).toContainEqual({ name: 'refusals', title: 'Refusals' });
    const [, assets] = /"\.(\/[^"]*)\/app\.js"/.exec(await text('/board'))!;
    expect(await text(`${assets}/panel-refusals.js`)).toBe(PANEL);
  } finally {
    expect(await service.stop()).toBe(0);
  }
});
