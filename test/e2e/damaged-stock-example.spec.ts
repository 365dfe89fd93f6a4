import { execFile } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { RunningService } from '../support/running-service';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { stepsOf } from '../support/written-document';

const root = join(__dirname, '../..');
let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'stock-allocation-story-'));
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

test('what damaged stock leads to is found by one id, from the first command to the last mail', async () => {
  const service = await RunningService.start({ DATABASE_URL: database.url });
  const log = join(folder, 'service.log');
  // Renamed into place, since the story may be reading it now.
  const write = () => {
    writeFileSync(`${log}.new`, service.lines.join('\n'));
    renameSync(`${log}.new`, log);
  };
  const writing = setInterval(write, 100);
  try {
    write();
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['examples/damaged-stock/story.mjs', '--url', service.url, '--log', log],
      { cwd: root },
    );
    const told = stepsOf(await readFile(join(root, 'examples/damaged-stock/README.md'), 'utf8')).find(
      (step) => step.do === 'type' && step.output !== '',
    );
    expect(stdout.trim()).toBe(told?.do === 'type' && told.output);
  } finally {
    clearInterval(writing);
    await service.stop();
  }
});
