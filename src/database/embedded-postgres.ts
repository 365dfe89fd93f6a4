import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findHome, openCluster } from './embedded/cluster';
import { stopOrphan } from './embedded/orphan';
import { usablePrograms } from './embedded/programs';
import { Server } from './embedded/server';
import { ServiceLock } from './embedded/service-lock';

const START_TIMEOUT_MS = 60_000;

/** What passes by itself: someone took the port first, or processes of a killed server have not ended yet. */
const PASSING = /Address already in use|still in use|"postmaster\.pid" already exists/;

interface StartOptions {
  readonly dataDir: string;
  /** Gets what PostgreSQL writes to its log, line by line. */
  readonly log?: (line: string) => void;
  /** More of PostgreSQL's own settings, by name. */
  readonly settings?: Record<string, string>;
}

/** A PostgreSQL of this process's own: it comes from npm, needs no set-up, and keeps its data in a folder. */
export class EmbeddedPostgres {
  /** Settles only when PostgreSQL ends without having been asked to; the error holds its last words. */
  readonly crashed: Promise<Error>;
  private stopping?: Promise<void>;

  private constructor(
    /** Where to connect, with the password; reachable from this machine only. */
    readonly url: string,
    private readonly server: Server,
    private readonly lock: ServiceLock,
  ) {
    this.crashed = new Promise((resolve) => {
      void server.ended.then((how) => {
        if (!this.stopping) {
          resolve(new Error(`PostgreSQL has ended unexpectedly (${how}).${server.lastWords()}`));
        }
      });
    });
  }

  /**
   * Starts PostgreSQL on the data in `dataDir`, or on new data, and waits until it can be used. First stops a
   * server that a killed service left running there.
   *
   * @throws Locked when another living service uses `dataDir`
   * @throws Error when there is no PostgreSQL for this platform, or it does not start (with its last words)
   */
  static async start({
    dataDir,
    log = () => undefined,
    settings = {},
  }: StartOptions): Promise<EmbeddedPostgres> {
    const { folder, runAs } = await findHome(dataDir);
    const lock = await ServiceLock.acquire(join(folder, 'service.lock'));
    try {
      const programs = await usablePrograms(folder, runAs);
      const cluster = await openCluster(folder, programs, runAs, settings.fsync !== 'off');
      log(`Starting PostgreSQL on the data in ${cluster.data}`);
      const deadline = Date.now() + START_TIMEOUT_MS;
      for (;;) {
        await stopOrphan(cluster.data);
        const port = await freePort();
        const server = new Server(programs, cluster.data, { ...settings, port: String(port) }, runAs, log);
        try {
          return new EmbeddedPostgres(await server.ready(port, cluster, deadline), server, lock);
        } catch (error) {
          await server.stop();
          if (Date.now() > deadline || !PASSING.test(String(error))) {
            throw error;
          }
          await pause(100);
        }
      }
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Ends PostgreSQL and its connections; what was committed is kept. */
  stop(): Promise<void> {
    this.stopping ??= this.server.stop().finally(() => this.lock.release());
    return this.stopping;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
