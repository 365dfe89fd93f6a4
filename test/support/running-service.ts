import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { refuseSecrets } from './secrets-in-log';

const root = join(__dirname, '../..');

interface HowToRun {
  readonly arguments?: readonly string[];
  /** The working directory. */
  readonly folder?: string;
}

/** The whole service in a process of its own, as a user would run it. */
export class RunningService {
  /** What it wrote so far, line by line. */
  readonly lines: string[] = [];
  url = '';
  /** What each request carries, such as a key. */
  headers: Record<string, string> = {};

  private constructor(
    private readonly child: ChildProcess,
    private readonly settings: NodeJS.ProcessEnv,
  ) {
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => this.lines.push(line));
    }
  }

  /**
   * Starts it and waits until it listens.
   * @param environment its settings; nothing else of this process's environment matters to it
   * @param main the file to run, from the root of the repository
   * @param how what else node is to be told, when it is not the service of the repository
   */
  static async start(
    environment: NodeJS.ProcessEnv,
    main = 'src/main.ts',
    how?: HowToRun,
  ): Promise<RunningService> {
    const service = RunningService.launch(environment, main, how);
    await service.listening();
    return service;
  }

  /** Starts it, and does not wait. */
  static launch(
    environment: NodeJS.ProcessEnv,
    main = 'src/main.ts',
    { arguments: more = [], folder = root }: HowToRun = {},
  ): RunningService {
    const compiler = main.endsWith('.ts') ? ['-r', './test/support/register.cjs'] : [];
    const child = spawn(process.execPath, [...compiler, main, ...more], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        PORT: '0',
        LOG_LEVEL: 'info',
        SHUTDOWN_DELAY: '0',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new RunningService(child, environment);
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** @returns its exit code, or null when a signal ended it */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal);
    return this.ended();
  }

  /** Waits until it has ended. @returns its exit code, or null when a signal ended it */
  async ended(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
    // Whatever a test is about, no service that it starts writes a secret into its log.
    refuseSecrets(this.lines, this.settings);
    return this.child.exitCode;
  }

  /** @returns the answer's status, once the body has been read */
  async post(path: string, body: object): Promise<number> {
    const response = await fetch(this.url + path, {
      method: 'POST',
      headers: { ...this.headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    await response.arrayBuffer();
    return response.status;
  }

  private async listening(): Promise<void> {
    const lines = createInterface({ input: this.child.stdout! });
    for await (const line of lines) {
      const url = /Listening on (http:\/\/[^\s;]+)/.exec(line)?.[1];
      if (url) {
        this.url = url;
        return;
      }
    }
    throw new Error(`The service ended before it listened:\n${this.lines.join('\n')}`);
  }
}
