import { execFile, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { postgresEnvironment, type RunAs } from './programs';

const FALLBACK_ROOT = '/var/lib/stock-allocation';
const NOBODY: RunAs = { uid: 65534, gid: 65534 };

/** Files of one database server, and the password of its superuser. */
export interface Cluster {
  readonly data: string;
  readonly password: string;
}

/**
 * Decides where the data lives and which user postgres runs as. An ordinary user: in `dataDir`, as that user.
 * Root, as whom postgres refuses to run: as the owner of data that is there already, else as nobody; and if
 * nobody cannot enter `dataDir` (it lies under /root, say), below /var/lib, where only root can write.
 *
 * @param dataDir created when missing
 * @returns `wanted`, where `dataDir` is, and `folder`, where the data are
 * @throws Error when the owner of the data cannot reach it
 */
export async function findHome(dataDir: string): Promise<{ wanted: string; folder: string; runAs: RunAs }> {
  await mkdir(dataDir, { recursive: true });
  const wanted = await realpath(dataDir);
  if (process.geteuid?.() !== 0) {
    return { wanted, folder: wanted, runAs: {} };
  }
  const elsewhere = join(FALLBACK_ROOT, createHash('sha256').update(wanted).digest('hex').slice(0, 16));
  for (const folder of [wanted, elsewhere]) {
    const owner = await stat(join(folder, 'postgres')).catch(() => undefined);
    if (owner) {
      const runAs = { uid: owner.uid, gid: owner.gid };
      if (!canEnter(folder, runAs)) {
        throw new Error(
          `User ${owner.uid} owns the database in ${folder} but cannot enter that folder: open it with chmod`,
        );
      }
      return { wanted, folder, runAs };
    }
  }
  if (canEnter(wanted, NOBODY)) {
    return { wanted, folder: wanted, runAs: NOBODY };
  }
  await mkdir(elsewhere, { recursive: true });
  await Promise.all([chmod(FALLBACK_ROOT, 0o755), chmod(elsewhere, 0o755)]);
  return { wanted, folder: elsewhere, runAs: NOBODY };
}

/** Asks the system, which knows of every parent folder, group and access list. */
function canEnter(folder: string, runAs: RunAs): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...runAs, cwd: '/' }).status === 0;
}

/**
 * Opens the cluster in `folder`, and makes it first when it is missing.
 *
 * @param durable false leaves flushing to the operating system, for data that is thrown away
 * @throws Error when it is of another major version of PostgreSQL
 */
export async function openCluster(
  folder: string,
  programs: string,
  runAs: RunAs,
  durable: boolean,
): Promise<Cluster> {
  const home = join(folder, 'postgres');
  if (!(await stat(home).catch(() => undefined))) {
    await createCluster(folder, home, programs, runAs, durable);
  } else await checkVersion(join(home, 'data'), programs, runAs);
  return { data: join(home, 'data'), password: await readFile(join(home, 'password'), 'utf8') };
}

/** @throws Error when the data are of another major version than the programs, which could not read them */
async function checkVersion(data: string, programs: string, runAs: RunAs): Promise<void> {
  const theirs = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim();
  const options = { ...runAs, cwd: '/', env: postgresEnvironment };
  const { stdout } = await promisify(execFile)(join(programs, 'postgres'), ['--version'], options);
  const ours = /\d+/.exec(stdout)?.[0];
  if (theirs === ours) return;
  throw new Error(
    `The data in ${data} are of PostgreSQL ${theirs}, and this version of the service brings PostgreSQL ${ours}: ` +
      'copy them (docs/operations.md, "Another major version of PostgreSQL"), or run the version of the service that wrote them',
  );
}

/** Made under another name and moved, so that what a kill left half-made never passes for a cluster. */
async function createCluster(folder: string, home: string, programs: string, runAs: RunAs, durable: boolean) {
  const leftovers = (await readdir(folder)).filter((name) => name.startsWith('postgres.new-'));
  // An initdb that outlived its service may still write to them: then the next start tidies up.
  await Promise.allSettled(leftovers.map((name) => rm(join(folder, name), { recursive: true })));

  const unfinished = await mkdtemp(join(folder, 'postgres.new-'));
  const passwordFile = join(unfinished, 'password');
  // Loopback is open to every user of the machine, so the server asks for a password.
  await writeFile(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 });
  if (runAs.uid !== undefined && runAs.gid !== undefined) {
    await chown(passwordFile, runAs.uid, runAs.gid);
    await chown(unfinished, runAs.uid, runAs.gid);
  }
  await promisify(execFile)(
    join(programs, 'initdb'),
    [
      `--pgdata=${join(unfinished, 'data')}`,
      '--username=postgres',
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      // Sorts and folds alike on every machine, whatever its C library.
      '--no-locale',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      ...(durable ? [] : ['--no-sync']),
    ],
    { ...runAs, cwd: unfinished, env: postgresEnvironment },
  );
  await rename(unfinished, home);
}
