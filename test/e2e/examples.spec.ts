import { spawnSync } from 'node:child_process';
import { RunningService } from '../support/running-service';
import { commandsOf, lasting, runShown } from '../support/shell-session';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

let database: TestDatabase;
let service: RunningService;

beforeEach(async () => {
  database = await createTestDatabase();
  service = await RunningService.start({ DATABASE_URL: database.url });
});
afterEach(async () => {
  await service.stop();
  await database.drop();
});

const run = (command: string) => runShown(command, service.url, { DATABASE_URL: database.url });

const hasCurl = spawnSync('curl', ['--version']).status === 0;
if (!hasCurl && !process.env.CI) console.warn('There is no curl: the session of the README is not tried');

(hasCurl || process.env.CI ? test : test.skip)(
  'the first session of the README prints what the README says',
  () => {
    const commands = commandsOf('README.md', 'A first session');
    expect(commands.length).toBeGreaterThan(10);
    for (const { command, output } of commands)
      expect([command, lasting(run(command))]).toEqual([command, lasting(output)]);
  },
);

test('the week in the furniture shop happens as its page tells it, once for each kind of sofa', () => {
  const [{ command, output }] = commandsOf('examples/furniture-shop/README.md');
  expect(run(command)).toBe(output);
  expect(run(command)).toBe(
    'There was a week with HARBOUR-SOFA already. Name another sofa: --sku HARBOUR-SOFA-2',
  );
  expect(run(`${command} --sku HARBOUR-SOFA-2`)).toBe(output);
});
