import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const cache = join(__dirname, '../../node_modules/.cache');

/** The files of a package, and the environment in which its programs find their libraries. */
export interface DebianFiles {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The files of a package of Debian or Ubuntu, fetched once, with those of the packages that it needs and that this
 * machine lacks. That needs neither root nor an installation.
 * @param check throws when the files are of no use
 * @throws Error when they cannot be fetched
 */
export function debianPackage(name: string, check: (files: DebianFiles) => void): DebianFiles {
  const fetched = join(cache, name);
  if (!existsSync(fetched)) fetch(name, fetched, check);
  const files = filesIn(fetched);
  check(files);
  return files;
}

function filesIn(folder: string): DebianFiles {
  const foldersIn = (path: string) =>
    existsSync(path)
      ? readdirSync(path, { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map(({ name }) => join(path, name))
      : [];
  // Libraries lie in the folder of the machine's kind, and those of some packages in one of their own in that.
  const machines = ['usr/lib', 'lib'].flatMap((name) => foldersIn(join(folder, name)));
  const libraries = [...machines, ...machines.flatMap(foldersIn)];
  return { folder, env: { ...process.env, LD_LIBRARY_PATH: libraries.join(':') } };
}

/** Puts the packages' files into the cache, all of them or none. */
function fetch(name: string, fetched: string, check: (files: DebianFiles) => void): void {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, `${name}-`));
  try {
    const packages = download(name, join(folder, 'apt'));
    const files = join(folder, 'files');
    for (const file of packages) run('dpkg', ['-x', file, files]);
    check(filesIn(files));
    try {
      renameSync(files, fetched);
    } catch (error) {
      // Another process may have been faster.
      if (!existsSync(fetched)) throw error;
    }
  } catch (error) {
    throw new Error(`There is no ${name}, and it cannot be fetched: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns the files of the package and of those packages it needs that are not installed */
function download(name: string, folder: string): string[] {
  const archives = join(folder, 'cache/archives');
  mkdirSync(join(archives, 'partial'), { recursive: true });
  const options = ['-qq', '-o', `Dir::Cache=${folder}/cache`, '-o', 'Debug::NoLocking=true'];
  const install = ['install', '--yes', '--no-install-recommends', '--download-only', name];
  try {
    run('apt-get', [...options, ...install]);
  } catch {
    // The list of packages is missing or out of date; a list of its own may be had without root.
    mkdirSync(join(folder, 'lists/partial'), { recursive: true });
    options.push('-o', `Dir::State::lists=${folder}/lists`);
    run('apt-get', [...options, 'update']);
    run('apt-get', [...options, ...install]);
  }
  const files = readdirSync(archives).filter((file) => file.endsWith('.deb'));
  return files.map((file) => join(archives, file));
}

/** @throws Error with its last words, when it cannot be run or fails */
export function run(command: string, args: string[], env = process.env): string {
  const { error, status, stdout, stderr } = spawnSync(command, args, {
    env,
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (error) throw new Error(`${command} cannot be run (${error.message})`);
  if (status !== 0) throw new Error(`${command} failed: ${stderr.trim().split('\n').at(-1)}`);
  return stdout;
}
