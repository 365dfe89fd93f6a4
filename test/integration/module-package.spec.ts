import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { RunningService } from '../support/running-service';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

const run = promisify(execFile);
const root = join(__dirname, '../..');
const NAME = '@example/daily-shipments';

/** A folder in which the packed service is installed, and the packed module beside it. */
let folder: string;
let database: TestDatabase;
let cli: string;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'stock-allocation-package-'));
  linkDependencies();
  await install(root, 'stock-allocation');
  cli = join(folder, 'node_modules/stock-allocation/dist/cli.js');
  // Built against the types of the packed service.
  cpSync(join(root, 'examples/daily-shipments'), join(folder, 'module'), { recursive: true });
  await run('npm', ['run', 'build'], { cwd: join(folder, 'module') });
  await install(join(folder, 'module'), NAME);
}, 300_000);
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** What both need of other packages, as npm would install it for them. */
function linkDependencies(): void {
  const modules = join(root, 'node_modules');
  const names = readdirSync(modules).flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(modules, name)).map((part) => `${name}/${part}`) : [name],
  );
  for (const name of names) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(modules, name), link);
  }
}

/** Packs a package, and unpacks it where npm would. */
async function install(from: string, name: string): Promise<void> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: from });
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('['))) as { filename: string }[];
  const place = join(folder, 'node_modules', name);
  mkdirSync(place, { recursive: true });
  await run('tar', ['-xzf', join(folder, filename), '-C', place, '--strip-components=1']);
}

const environment = (settings: NodeJS.ProcessEnv) => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  DATABASE_URL: database.url,
  ...settings,
});
/** Runs the command line of the packed service. */
async function stockAllocation(args: string[], settings: NodeJS.ProcessEnv = {}) {
  return run(process.execPath, [cli, ...args], { cwd: folder, env: environment(settings) }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}

test('a module of another package is a part of the packed service: its settings, tables, calls and events', async () => {
  const settings = environment({ MODULES: NAME, SHIPMENTS_GOAL: '3' });
  const service = await RunningService.start(settings, cli, { arguments: ['serve'], folder });
  try {
    await service.post('/v1/batches', { ref: 'b', sku: 'SOFA', qty: 10 });
    await service.post('/v1/allocations', { orderId: 'o', sku: 'SOFA', qty: 3 });
    await service.post('/v1/allocations/o/SOFA/dispatch', {});
    const today = new Date().toISOString().slice(0, 10);
    // Handlers that are late are waited for by nobody.
    await until(async () => {
      const answer = await fetch(`${service.url}/v1/shipments/${today}`);
      const shipments = (await answer.json()) as { pieces: number };
      expect([answer.status, shipments]).toEqual([200, { day: today, pieces: expect.any(Number) }]);
      return shipments.pieces === 3;
    });
    const { paths } = (await (await fetch(`${service.url}/docs-json`)).json()) as { paths: object };
    expect(Object.keys(paths)).toContain('/v1/shipments/{day}');
  } finally {
    expect(await service.stop()).toBe(0);
  }
  const { stdout } = await stockAllocation(['readers', 'list'], { MODULES: NAME });
  expect(stdout).toContain('daily-shipments (handler)');
});

test('a command line that does not know of the module says so', async () => {
  const { code, stderr } = await stockAllocation(['readers', 'list']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('with the same MODULES')]);
});

test('a setting of the module that cannot be used stops the start, as any other does', async () => {
  const { code, stderr } = await stockAllocation(['serve'], { MODULES: NAME, SHIPMENTS_GOAL: 'many' });
  expect([code, stderr]).toEqual([
    2,
    'The settings cannot be used: SHIPMENTS_GOAL must be a whole number from 1 to 1000000\n',
  ]);
});

test('the tests of the module run against the packed service', async () => {
  const module = join(folder, 'module');
  const files = readdirSync(join(module, 'dist/test')).filter((name) => name.endsWith('.test.js'));
  const paths = files.map((name) => join('dist/test', name));
  const { stdout } = await run(process.execPath, ['--test', ...paths], { cwd: module, env: environment({}) });
  expect(stdout).toMatch(/# pass 3\n|ℹ pass 3\n/);
}, 300_000);

test('what is no contract cannot be imported', async () => {
  const script = join(folder, 'intruder.js');
  writeFileSync(script, `require('stock-allocation/dist/messaging/delivery/redeliveries.js')`);
  await expect(run(process.execPath, [script])).rejects.toThrow(/Cannot find module/);
});

test('the packed service has the types of its contracts', () => {
  const service = join(folder, 'node_modules/stock-allocation');
  const { exports } = JSON.parse(readFileSync(join(service, 'package.json'), 'utf8')) as { exports: object };
  expect(Object.keys(exports)).toEqual(['.', './*', './package.json']);
  expect(readFileSync(join(service, 'dist/messaging/contracts.d.ts'), 'utf8')).toContain('takeNew');
});
