import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Of its own in a container: processes, network, name of the host, shared memory, mounts. Files are shared. */
const NAMESPACES = ['--pid', '--fork', '--mount-proc', '--net', '--uts', '--ipc', '--kill-child'];

/** Loopback is down in a new network; the program for it may be missing, but perl never is. */
const LOOPBACK_UP =
  'use Socket; socket(S, AF_INET, SOCK_DGRAM, 0); $up = pack("a16s", "lo", 1); ioctl(S, 0x8914, $up) or die $!';

/** Its first process outlives the service, which is killed when it is told so. */
const SCRIPT = `perl -e '${LOOPBACK_UP}' && hostname "$1" && shift && {
  "$@" & read -r _; kill -9 $!; wait $! 2>&-; echo; exec sleep 600
}`;

/** `describe` for tests that need containers. Where none can be made they are skipped, and say so in one line. */
export function describeWithContainers(name: string, suite: () => void): void {
  const { error, status, stderr } = spawnSync('unshare', [...NAMESPACES, 'perl', '-e', LOOPBACK_UP], {
    encoding: 'utf8',
  });
  if (status === 0) return describe(name, suite);
  process.stderr.write(
    `Skipped: ${name}. Containers cannot be made: ${(error?.message ?? stderr).trim().replaceAll('\n', ' ')}\n`,
  );
  describe.skip(name, suite);
}

/** A script of script-process.ts in namespaces of its own, as containers have them that share a volume. */
export class Container<Answer> {
  readonly answer: Promise<Answer>;
  private readonly process: ChildProcess;
  private readonly lines: AsyncIterator<string>;

  constructor(hostname: string, script: string, ...args: string[]) {
    const command = [hostname, process.execPath, script, ...args];
    this.process = spawn('unshare', [...NAMESPACES, 'sh', '-c', SCRIPT, 'sh', ...command], {
      env: { ...process.env, NODE_PATH: join(__dirname, '../../node_modules') },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.lines = createInterface({ input: this.process.stdout! })[Symbol.asyncIterator]();
    this.answer = this.lines.next().then(({ value }) => JSON.parse(value as string) as Answer);
  }

  /** Kills the script; what it has started lives on. */
  async killScript(): Promise<void> {
    this.process.stdin!.write('\n');
    await this.lines.next();
  }

  /** Ends all that is in it. */
  async remove(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    // The system ends the processes in it a moment after the first one; the last of them closes what they write to.
    const close = once(this.process, 'close');
    this.process.kill('SIGKILL');
    await close;
  }
}
