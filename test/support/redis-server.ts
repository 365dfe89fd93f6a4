import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type RedisProgram, redisProgram } from './redis-program';

/**
 * `describe` for tests that need a Redis. Where none can be had they are skipped, and say so in one line;
 * in CI they fail.
 */
export function describeWithRedis(name: string, suite: () => void): void {
  try {
    redisProgram();
  } catch (error) {
    const { message } = error as Error;
    if (process.env.CI) throw error;
    process.stderr.write(`Skipped: ${name}. ${message.replaceAll('\n', ' ')}\n`);
    describe.skip(name, suite);
    return;
  }
  describe(name, suite);
}

/** A Redis of one's own on a free port of loopback, which nobody minds to be killed. */
export class RedisServer {
  private process?: ChildProcess;

  private constructor(
    private readonly program: RedisProgram,
    readonly port: number,
    private readonly folder: string,
    private readonly settings: readonly string[],
  ) {}

  /** @param settings such as `--appendonly yes`; by default it loses its data when it ends */
  static async start(...settings: string[]): Promise<RedisServer> {
    const folder = mkdtempSync(join(tmpdir(), 'stock-allocation-redis-'));
    const server = new RedisServer(redisProgram(), await freePort(), folder, settings);
    await server.restart();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it on the same port, after it was killed. */
  async restart(): Promise<void> {
    const loopback = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder];
    const forgetful = ['--save', '', '--appendonly', 'no'];
    const { path, env } = this.program;
    this.process = spawn(path, [...loopback, ...forgetful, ...this.settings], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const { stdout } = this.process;
    let output = '';
    for await (const line of createInterface({ input: stdout! })) {
      output += `${line}\n`;
      if (line.includes('Ready to accept connections')) break;
    }
    if (this.process.exitCode !== null || !/Ready.*\n$/.test(output))
      throw new Error(`Redis did not start:\n${output}`);
    stdout!.resume(); // What else it says goes nowhere, but must not fill the pipe.
  }

  /** As a crash or a power cut would: it is gone without a word. */
  async kill(): Promise<void> {
    if (!this.process || this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exit = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await exit;
  }

  /** It keeps its connections and answers nothing until `thaw`. */
  freeze(): void {
    this.process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.process?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
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
