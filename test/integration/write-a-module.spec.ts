import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { change, lasting, stepsOf, write } from '../support/written-document';

const root = join(__dirname, '../..');
const LEFT_OUT = ['.git', '.data', 'dist', 'node_modules', 'coverage'];

/** A copy of the repository, as somebody has it who is about to add a module. */
let folder: string;
let service: ChildProcess | undefined;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stock-allocation-module-'));
  for (const name of readdirSync(root).filter((each) => !LEFT_OUT.includes(each)))
    cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
});
afterAll(async () => {
  if (service?.exitCode === null) {
    const ended = once(service, 'exit');
    process.kill(-service.pid!, 'SIGTERM');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});

test('docs/write-a-module.md leads from an empty folder to a module that works: every command, every output', async () => {
  const steps = stepsOf(readFileSync(join(root, 'docs/write-a-module.md'), 'utf8'));
  const port = await freePort();
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, PORT: port };
  for (const step of steps) {
    if (step.do === 'write') write(folder, step.path, step.content);
    else if (step.do === 'change') change(folder, step.path, step.diff);
    else if (step.command === 'npm start') await startService(env);
    else {
      const output = await type(step.command.replaceAll('localhost:3000', `localhost:${port}`), env);
      expect([step.command, lasting(output)]).toEqual([step.command, lasting(step.output)]);
    }
  }
  expect(steps.filter((step) => step.do === 'type').length).toBeGreaterThan(10);
}, 600_000);

/** What a command writes. */
function type(command: string, env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve) => {
    execFile('bash', ['-c', `${command} 2>&1`], { cwd: folder, env }, (_error, stdout) => resolve(stdout));
  });
}

/** Starts the service, and waits until it listens. */
async function startService(env: NodeJS.ProcessEnv): Promise<void> {
  // A group of its own, as a terminal makes one.
  service = spawn('npm', ['start'], {
    cwd: folder,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: service.stdout! })) {
    if (line.includes('Listening on')) return void service.stdout!.resume();
  }
  throw new Error('The service ended before it listened');
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return String(port);
}
