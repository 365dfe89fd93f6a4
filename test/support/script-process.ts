import { transformFileSync } from '@swc/core';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { refuseSecrets } from './secrets-in-log';

const root = join(__dirname, '../..');

/** What a compiled file needs of the repository. */
const REQUIRED = /require\("(\.{1,2}\/[^"]+)"\)/g;

/**
 * Compiles a script of test/support and all that it imports of the repository, for plain node to run.
 * @returns where the script is, somewhere in `folder`
 */
export function compileScript(name: string, folder: string): string {
  const script = `test/support/${name}`;
  const compiled = (source: string) => join(folder, source.replace(/\.ts$/, '.js'));
  const sources = new Set([script]);
  // A set is gone through to its end, however much is added meanwhile.
  for (const source of sources) {
    const { code } = transformFileSync(join(root, source), {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'commonjs' },
    });
    mkdirSync(dirname(compiled(source)), { recursive: true });
    writeFileSync(compiled(source), code);
    for (const [, path] of code.matchAll(REQUIRED)) sources.add(`${join(dirname(source), path)}.ts`);
  }
  return compiled(script);
}

/** A script that answers with one line of JSON and then runs until it is killed. */
export class ScriptProcess<Answer> {
  readonly answer: Promise<Answer>;
  /** What it wrote besides: the answer may have a secret, such as the URL of a database. */
  private readonly lines: string[] = [];
  private readonly process: ChildProcess;
  private readonly exit: Promise<unknown>;

  constructor(script: string, ...args: (string | number)[]) {
    this.process = spawn(process.execPath, [script, ...args.map(String)], {
      // A group of its own, as a terminal makes one for each command.
      detached: true,
      env: { ...process.env, NODE_PATH: join(root, 'node_modules') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    createInterface({ input: this.process.stderr! }).on('line', (line) => {
      this.lines.push(line);
      process.stderr.write(`${line}\n`);
    });
    this.exit = once(this.process, 'exit');
    const line = once(createInterface({ input: this.process.stdout! }), 'line');
    const silence = this.exit.then(() => ['{ "error": "The script ended without an answer" }']);
    this.answer = Promise.race([line, silence]).then(([answer]) => JSON.parse(answer as string));
  }

  /** Kills the script and whatever else is in its group, and waits until it has ended. @throws Error when it wrote a secret */
  async kill(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      process.kill(-this.process.pid!, 'SIGKILL');
      await this.exit;
    }
    refuseSecrets(this.lines);
  }
}

/** A running embedded-service.ts: it says where its database is, or why there is none. */
export class ServiceProcess extends ScriptProcess<{ url?: string; error?: string }> {
  /** @throws Error for the reason that the service gave */
  async url(): Promise<string> {
    const { url, error } = await this.answer;
    if (!url) throw new Error(error);
    return url;
  }
}
