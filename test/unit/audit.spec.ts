import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'stock-allocation-audit-'))));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the script says where npm answers so. */
function audit(answer: string) {
  const npm = join(folder, 'npm');
  writeFileSync(npm, `#!/bin/sh\ncat <<'ANSWER'\n${answer}\nANSWER\nexit 1\n`);
  chmodSync(npm, 0o755);
  const PATH = `${folder}${delimiter}${process.env.PATH}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/audit.mjs'], {
    cwd: join(__dirname, '../..'),
    env: { ...process.env, PATH },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('the audit of packages fails by a known weakness, and names it', () => {
  const via = [{ title: 'Reads what it must not', url: 'https://advisories.example/1' }, 'left-pad'];
  const vulnerabilities = { sofa: { name: 'sofa', severity: 'high', range: '<2.0.0', via } };
  expect(audit(JSON.stringify({ vulnerabilities }))).toEqual({
    status: 1,
    stdout: '',
    stderr:
      'npm audit: sofa <2.0.0 (high) Reads what it must not: https://advisories.example/1; by left-pad\n',
  });
});

test('the audit of packages passes when no weakness is known', () => {
  const { status, stdout } = audit(JSON.stringify({ vulnerabilities: {} }));
  expect([status, stdout]).toEqual([0, 'npm audit: no known weakness\n']);
});

test.each([
  ['405', JSON.stringify({ message: '405 Method Not Allowed', statusCode: 405 })],
  ['ENOTFOUND', JSON.stringify({ error: { code: 'ENOTFOUND', summary: 'https://user:secret@x' } })],
  ['it cannot be reached', ''],
])('the audit of packages says in one line that the registry gives no answer: %s', (reason, answer) => {
  const { status, stdout, stderr } = audit(answer);
  expect([status, stdout, stderr]).toEqual([
    0,
    `npm audit: not checked, since the registry gives no answer (${reason})\n`,
    '',
  ]);
});
