import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type DebianFiles, debianPackage, run } from '../support/debian-package';

/** Where `initdb` and `postgres` are, and the environment in which they find their libraries. */
export interface PostgresPrograms {
  readonly bin: string;
  readonly env: NodeJS.ProcessEnv;
}

const packages = join(__dirname, 'node_modules');

/** The programs of a version that npm has installed, copied to `folder`, where any user can run them. */
export function packagedPrograms(version: string, folder: string): PostgresPrograms {
  const copy = join(folder, 'programs');
  cpSync(join(packages, `postgres-${version}`, 'native'), copy, { recursive: true });
  // npm packages hold no symbolic links.
  const links = JSON.parse(readFileSync(join(copy, 'pg-symlinks.json'), 'utf8')) as {
    readonly source: string;
    readonly target: string;
  }[];
  for (const { source, target } of links) {
    const path = join(copy, relative('native', target));
    if (!existsSync(path)) symlinkSync(relative(dirname(target), source), path);
  }
  run('chmod', ['-R', 'a+rX', copy]);
  return { bin: join(copy, 'bin'), env: {} };
}

/**
 * The programs of Debian's or Ubuntu's PostgreSQL, with their JIT compiler: those of this machine, or else fetched.
 * @throws Error when there are none and none can be fetched
 */
export function debianPrograms(folder: string): PostgresPrograms {
  const installed = binIn('/');
  if (installed) return { bin: installed, env: {} };
  const { folder: fetched, env } = debianPackage('postgresql', checkJit);
  // Programs find what belongs to them beside them, so they move together.
  const copy = join(folder, 'programs');
  mkdirSync(copy);
  cpSync(fetched, copy, { recursive: true, verbatimSymlinks: true });
  run('chmod', ['-R', 'a+rX', copy]);
  const libraries = env.LD_LIBRARY_PATH?.replaceAll(fetched, copy);
  return { bin: binIn(copy)!, env: { LD_LIBRARY_PATH: libraries } };
}

function checkJit({ folder, env }: DebianFiles): void {
  const bin = binIn(folder);
  if (!bin) throw new Error('the package has no PostgreSQL with a JIT compiler');
  run(join(bin, 'postgres'), ['--version'], env);
}

/** The folder of the programs of the newest version below `root` that has a JIT compiler. */
function binIn(root: string): string | undefined {
  const versions = join(root, 'usr/lib/postgresql');
  if (!existsSync(versions)) return undefined;
  return readdirSync(versions)
    .sort((a, b) => Number(b) - Number(a))
    .filter((version) => existsSync(join(versions, version, 'lib/llvmjit.so')))
    .map((version) => join(versions, version, 'bin'))
    .at(0);
}
