import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Playground } from '../support/playground';

let playground: Playground;
beforeEach(() => {
  playground = new Playground();
});
afterEach(() => playground.remove());

/** Runs a command; with `until` it is asked to stop, twice, as soon as it has written that, and imports no further before. */
async function run(args: readonly string[], until?: string) {
  const support = join(__dirname, '../support');
  const child = spawn(
    process.execPath,
    ['-r', `${support}/register.cjs`, `${support}/folder-commands.ts`, ...args],
    {
      cwd: playground.root,
      env: { ...process.env, ...(until !== undefined && { IMPORT_UNTIL: 'SIGTERM' }) },
    },
  );
  const said = { out: '', err: '' };
  child.stdout.on('data', (text: Buffer) => {
    said.out += text.toString();
    if (until === undefined || !said.out.includes(until)) return;
    child.kill('SIGINT');
    child.kill('SIGTERM');
    until = undefined;
  });
  child.stderr.on('data', (text: Buffer) => void (said.err += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...said };
}

describe('sync', () => {
  test('says what it did', async () => {
    playground.plant('from', { 'new\n.csv': 'A', 'b.csv': 'B' });
    playground.plant('to', { 'old.csv': 'A', 'c.csv': 'C' });
    const { code, out, err } = await run(['sync', 'from', 'to']);
    expect(out).toBe('remove c.csv\nmove old.csv -> new\\u000a.csv\ncopy b.csv\n');
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  test('ends with 1 when something was left, and says what and why', async () => {
    playground.plant('from', { 'a.csv': 'A' });
    symlinkSync('a.csv', playground.at('from/link'));
    const { code, out, err } = await run(['sync', 'from', 'to', '--json', '--dry-run']);
    const hash = '559aead08264d5795d3909718cdd05abd49572e84fe55590eef31a88a08fdffd';
    const left = { folder: 'source', path: 'link', reason: 'is a link, which is not followed' };
    expect(JSON.parse(out)).toEqual({ actions: [{ do: 'copy', path: 'a.csv', hash }], problems: [left] });
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(await run(['sync', 'from', 'to'])).toEqual({
      code: 1,
      out: 'copy a.csv\n',
      err: 'left: source: link: is a link, which is not followed\n',
    });
  });

  test('ends with 2 when it cannot run, and says why', async () => {
    expect(await run(['sync', 'from', 'to'])).toEqual({
      code: 2,
      out: '',
      err: 'error: from: there is no such folder\n',
    });
  });
});

describe('watch', () => {
  test('says what it did', async () => {
    playground.plant('drop', { 'a.csv': 'x', 'b.csv': 'x' });
    const { code, out } = await run(['watch', 'drop', '--once', '--archive', 'archive']);
    expect(out).toBe(
      'importing a.csv\ndone: done/a.csv: 1 rows\ndone: done/b.csv: the same as done/a.csv, not imported again\nclosed\n',
    );
    expect(code).toBe(0);
    expect(playground.filesIn('archive')).toEqual({ 'a.csv': 'x', 'b.csv': 'x' });
  });

  test('ends with 1 when files failed, and closes the importer', async () => {
    playground.plant('drop', { 'batches.csv': 'x\nbad \x1b[31m' });
    const { code, out, err } = await run(['watch', 'drop', '--once']);
    expect(out).toBe('importing batches.csv\nclosed\n');
    expect(err).toContain(
      'failed: failed/batches.csv: 1 rows imported, 1 refused, first line 2: bad \\u001b[31m\n',
    );
    expect(code).toBe(1);
  });

  test('ends with 2 when it cannot run', async () => {
    const { code, err } = await run(['watch', 'drop']);
    expect({ code, err }).toEqual({ code: 2, err: 'error: drop: there is no such folder\n' });
  });

  test('finishes the file under way when it is asked to stop', async () => {
    playground.plant('drop', { 'batches-1.csv': 'x', 'batches-2.csv': 'y' });
    const { code, out } = await run(['watch', 'drop'], 'importing');
    expect(out).toBe('importing batches-1.csv\ndone: done/batches-1.csv: 1 rows\nclosed\n');
    expect(code).toBe(0);
    expect(Object.keys(playground.filesIn('drop'))).toContain('batches-2.csv');
  });
});
