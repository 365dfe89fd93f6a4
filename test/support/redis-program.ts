import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** How to run a redis-server. */
export interface RedisProgram {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
}

const cache = join(__dirname, '../../node_modules/.cache');
const fetched = join(cache, 'redis-server');

/**
 * The redis-server of this machine: the one in PATH, or else one that is fetched once, with the libraries
 * that it lacks, from the packages of Debian or Ubuntu. That needs neither root nor an installation.
 * @throws Error when there is none and none can be fetched
 */
export function redisProgram(): RedisProgram {
  const installed = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'redis-server'))
    .find((path) => existsSync(path));
  if (installed) return { path: installed, env: process.env };
  if (!existsSync(fetched)) fetch();
  return programIn(fetched);
}

function programIn(folder: string): RedisProgram {
  const libraries = ['usr/lib', 'lib']
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path))
    .flatMap((path) => readdirSync(path).map((name) => join(path, name)));
  const program = {
    path: join(folder, 'usr/bin/redis-server'),
    env: { ...process.env, LD_LIBRARY_PATH: libraries.join(':') },
  };
  run(program.path, ['--version'], program.env);
  return program;
}

/** Puts the packages' files into the cache, all of them or none. */
function fetch(): void {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'redis-server-'));
  try {
    const packages = download(join(folder, 'apt'));
    const files = join(folder, 'files');
    for (const file of packages) run('dpkg', ['-x', file, files]);
    programIn(files);
    try {
      renameSync(files, fetched);
    } catch (error) {
      // Another process may have been faster.
      if (!existsSync(fetched)) throw error;
    }
  } catch (error) {
    throw new Error(`There is no redis-server, and it cannot be fetched: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns the files of redis-server and of those packages it needs that are not installed */
function download(folder: string): string[] {
  const archives = join(folder, 'cache/archives');
  mkdirSync(join(archives, 'partial'), { recursive: true });
  const options = ['-qq', '-o', `Dir::Cache=${folder}/cache`, '-o', 'Debug::NoLocking=true'];
  const install = ['install', '--yes', '--no-install-recommends', '--download-only', 'redis-server'];
  try {
    run('apt-get', [...options, ...install]);
  } catch {
    // The list of packages is missing or out of date; a list of its own may be had without root.
    mkdirSync(join(folder, 'lists/partial'), { recursive: true });
    options.push('-o', `Dir::State::lists=${folder}/lists`);
    run('apt-get', [...options, 'update']);
    run('apt-get', [...options, ...install]);
  }
  const files = readdirSync(archives).filter((name) => name.endsWith('.deb'));
  return files.map((name) => join(archives, name));
}

function run(command: string, args: string[], env = process.env): void {
  const { error, status, stderr } = spawnSync(command, args, { env, encoding: 'utf8', timeout: 120_000 });
  if (error) throw new Error(`${command} cannot be run (${error.message})`);
  if (status !== 0) throw new Error(`${command} failed: ${stderr.trim().split('\n').at(-1)}`);
}
