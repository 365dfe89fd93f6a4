import { type ChildProcess, type Serializable, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { HttpConnection } from './http-connection';

const root = join(__dirname, '..');
const START_TIMEOUT_MS = 60_000;

/** The service as it was built. */
export const BUILT_SERVICE = 'dist/main.js';

/** As `npm start` and the Docker image have it. */
const NODE_OPTIONS = ['--max-semi-space-size=32', '--heap-growing-percent=150'];

/** The service in a process of its own. */
export class ServiceProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    private readonly output: string[],
  ) {}

  /**
   * Starts it and waits until it answers.
   * @param main the file to run, from the root of the repository
   * @throws Error with what it wrote, when it ends or does not answer within 30 s
   */
  static async start(
    databaseUrl: string,
    main = BUILT_SERVICE,
    settings: NodeJS.ProcessEnv = {},
  ): Promise<ServiceProcess> {
    const port = await freePort();
    const typescript = main.endsWith('.ts') ? ['-r', './test/support/register.cjs'] : [];
    const child = spawn(process.execPath, [...NODE_OPTIONS, ...typescript, main], {
      cwd: root,
      // A line in the log for every request would measure the log.
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: databaseUrl,
        PORT: String(port),
        LOG_LEVEL: 'warn',
        ...settings,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const output: string[] = [];
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    }
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    const service = new ServiceProcess(child, `http://127.0.0.1:${port}`, output);
    await service.answers();
    return service;
  }

  /** Connections of `count` clients. */
  connect(count: number): Promise<HttpConnection[]> {
    return Promise.all(Array.from({ length: count }, () => HttpConnection.open(this.url)));
  }

  /** Says something to a main file that listens, and waits until it has done what it was told. */
  async notify(message: Serializable): Promise<void> {
    const done = once(this.child, 'message');
    this.child.send(message);
    await done;
  }

  /** Its memory in MB (RSS), where the system tells (Linux); else NaN. */
  async memory(): Promise<number> {
    const status = await readFile(`/proc/${this.child.pid}/status`, 'utf8').catch(() => '');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
  }

  /** The time that it has computed so far, in seconds, where the system tells (Linux); else NaN. */
  async cpuSeconds(): Promise<number> {
    const stat = await readFile(`/proc/${this.child.pid}/stat`, 'utf8').catch(() => '');
    // Fields 14 and 15, in ticks of a hundredth of a second; the name before them may have blanks.
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number);
    return (user + system) / 100;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exited;
  }

  private async answers(): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (this.child.exitCode === null && Date.now() < deadline) {
      try {
        if ((await fetch(`${this.url}/health/ready`)).ok) return;
      } catch {
        // It does not listen yet.
      }
      await pause(50);
    }
    await this.stop();
    throw new Error(`The service has not started:\n${this.output.join('')}`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
