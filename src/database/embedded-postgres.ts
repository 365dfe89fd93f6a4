import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Cluster, findHome, openCluster } from './embedded/cluster';
import { lockData } from './embedded/data-lock';
import type { FileLock } from './embedded/file-lock';
import { type PostgresLog, silent } from './embedded/log';
import { type RunAs, usablePrograms } from './embedded/programs';
import { databaseUrl, Server } from './embedded/server';
import { acquireServiceLock } from './embedded/service-lock';
import { supervise } from './embedded/supervise';

/** Longer than a server whose process cannot be seen takes to notice that it is no longer wanted. */
const TAKE_OVER_TIMEOUT_MS = 150_000;
/** A free port may be somebody else's by the time that it is used. */
const PORTS_TRIED = 5;

interface StartOptions {
  readonly dataDir: string;
  /** Gets what PostgreSQL writes to its log, and what happens to it; by default nobody does. */
  readonly log?: PostgresLog;
  /** More of PostgreSQL's own settings, by name. */
  readonly settings?: Record<string, string>;
}

/** What each run of the server is started with. */
interface Installation {
  readonly programs: string;
  readonly cluster: Cluster;
  readonly runAs: RunAs;
  readonly settings: Record<string, string>;
  readonly log: PostgresLog;
}

/**
 * A PostgreSQL of this process's own: it comes from npm, needs no set-up, and keeps its data in a folder. When it
 * ends without having been asked to, it is started again on the same port, and recovers what was committed.
 */
export class EmbeddedPostgres {
  /** How long PostgreSQL may be down, or up for seconds only, before it is given up. */
  static giveUpAfterMs = 60_000;

  /** Settles only when PostgreSQL keeps ending and has been given up; the error holds its last words. */
  crashed: Promise<Error> = new Promise(() => {});
  private readonly stopped = new AbortController();
  private port = 0;
  /** The one that runs, or is being started, or has ended last. */
  private server?: Server;
  private supervision?: Promise<Error>;
  private stopping?: Promise<void>;

  private constructor(
    private readonly installation: Installation,
    private readonly lock: FileLock,
  ) {}

  /**
   * Starts PostgreSQL on the data in `dataDir`, or on new data, and waits until it can be used. First stops a
   * server that a killed service left running there.
   *
   * @throws Locked when another living service uses `dataDir`
   * @throws Error when there is no PostgreSQL for this platform, or it does not start (with its last words)
   */
  static async start({ dataDir, log = silent, settings = {} }: StartOptions): Promise<EmbeddedPostgres> {
    const { wanted, folder, runAs } = await findHome(dataDir);
    // Beside the data it would be missed by a container that has the same DATA_DIR and other parent folders.
    const lock = await acquireServiceLock(join(wanted, 'service.lock'), runAs);
    try {
      const programs = await usablePrograms(folder, runAs);
      const cluster = await openCluster(folder, programs, runAs, settings.fsync !== 'off');
      if (folder !== wanted) log.warn(`PostgreSQL cannot enter ${wanted}, so its data are in ${folder}`);
      log.log(`Starting PostgreSQL on the data in ${cluster.data}`);
      const postgres = new EmbeddedPostgres({ programs, cluster, runAs, settings, log }, lock);
      postgres.keepRunning(await postgres.startFirst());
      return postgres;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Where to connect, with the password; reachable from this machine only. It never changes. */
  get url(): string {
    return databaseUrl(this.port, this.installation.cluster.password);
  }

  /** Ends PostgreSQL and its connections, or the attempt to start it again; what was committed is kept. */
  stop(): Promise<void> {
    this.stopping ??= this.end().finally(() => this.lock.release());
    return this.stopping;
  }

  private async end(): Promise<void> {
    this.stopped.abort();
    await this.server?.stop();
    // The program may have been about to start another one.
    await this.supervision?.catch(() => undefined);
  }

  private async startFirst(): Promise<Server> {
    for (let tries = 1; ; tries += 1) {
      this.port = await freePort();
      try {
        return await this.startServer(TAKE_OVER_TIMEOUT_MS);
      } catch (error) {
        if (tries === PORTS_TRIED || !/Address already in use/.test(String(error))) throw error;
      }
    }
  }

  private keepRunning(server: Server): void {
    const { signal } = this.stopped;
    const supervision = supervise(
      server,
      (timeoutMs) => this.startServer(timeoutMs),
      EmbeddedPostgres.giveUpAfterMs,
      this.installation.log,
      signal,
    );
    this.supervision = supervision;
    this.crashed = new Promise((resolve) => {
      supervision.then(resolve, (error: Error) => signal.aborted || resolve(error));
    });
  }

  /** @param timeoutMs how long the processes of an earlier server may take to end */
  private async startServer(timeoutMs: number): Promise<Server> {
    const { programs, cluster, runAs, settings, log } = this.installation;
    const { signal } = this.stopped;
    const lock = await lockData(cluster.data, runAs, timeoutMs, log, signal);
    if (signal.aborted) lock.release();
    signal.throwIfAborted();
    const withPort = { ...settings, port: String(this.port) };
    const server = new Server(programs, cluster.data, withPort, runAs, lock, log);
    this.server = server;
    try {
      await server.ready(this.port, cluster.password);
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
