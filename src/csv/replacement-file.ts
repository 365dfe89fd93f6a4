import {
  closeSync,
  copyFileSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

const PIECE = 64 * 1024;

/**
 * A file that takes the place of another, whole or not at all: whenever the process or the machine stops,
 * the old file is there or the new one. Until then it lies beside it under another name, which holds the
 * process id; so it also keeps a second process from replacing the same file at the same time.
 *
 * Everything is synchronous, for jobs that have nothing else to do meanwhile.
 */
export class ReplacementFile {
  private readonly path: string;
  private readonly temporary: string;
  private readonly file: number;
  private text = '';
  private isOpen = true;

  /**
   * @param beginning with which content the new file begins: none, or that of the old one
   * @throws Error when the folder cannot be written to or another process is replacing the file
   */
  constructor(path: string, beginning: 'empty' | 'old content') {
    const old = existsSync(path);
    this.path = old ? realpathSync(path) : path; // A link stays a link.
    if (old && !statSync(path).isFile()) throw new Error(`${path}: is not an ordinary file`);
    this.temporary = join(dirname(this.path), temporaryName(this.path, process.pid));
    makeEmpty(this.temporary, path);
    try {
      refuseOthers(this.path);
      if (old && beginning === 'old content') copyFileSync(this.path, this.temporary);
      this.file = openSync(this.temporary, 'a');
      if (old) fchmodSync(this.file, statSync(this.path).mode);
    } catch (error) {
      rmSync(this.temporary, { force: true });
      throw error;
    }
  }

  /** Adds to the end of the new file. */
  write(text: string): void {
    this.text += text;
    if (this.text.length > PIECE) this.flush();
  }

  /** Makes the new file safe on the disk, so that hardly anything can fail after it. */
  complete(): void {
    this.flush();
    fsyncSync(this.file);
  }

  /** Puts the complete file in its place. One that is there already with the same content stays. */
  replace(): void {
    this.complete();
    if (isSame(this.temporary, this.path)) {
      this.discard();
      return;
    }
    this.close();
    renameSync(this.temporary, this.path);
    syncFolder(dirname(this.path));
  }

  /** Leaves everything as it is; does nothing once the file is in its place. */
  discard(): void {
    if (!this.isOpen) return;
    this.close();
    rmSync(this.temporary);
  }

  private close(): void {
    this.isOpen = false;
    closeSync(this.file);
  }

  private flush(): void {
    writeFileSync(this.file, this.text);
    this.text = '';
  }
}

function temporaryName(path: string, pid: number | string): string {
  return `.${basename(path)}.${pid}.tmp`;
}

function makeEmpty(temporary: string, path: string): void {
  try {
    closeSync(openSync(temporary, 'w'));
  } catch (error) {
    throw new Error(`${path}: cannot be written (${(error as Error).message.split(',')[0]})`);
  }
}

/** Removes what killed processes have left. @throws Error when another process is at work */
function refuseOthers(path: string): void {
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    const pid = Number(/\.(\d+)\.tmp$/.exec(name)?.[1]);
    if (name !== temporaryName(path, pid) || pid === process.pid) continue;
    if (isAlive(pid)) {
      throw new Error(
        `${path}: process ${pid} is writing it; wait for that (if there is none, delete ${join(folder, name)})`,
      );
    }
    rmSync(join(folder, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isSame(one: string, other: string): boolean {
  if (!existsSync(other) || statSync(one).size !== statSync(other).size) return false;
  const files = [openSync(one, 'r'), openSync(other, 'r')];
  const pieces = files.map(() => Buffer.alloc(PIECE));
  try {
    for (;;) {
      const [length] = files.map((file, index) => readSync(file, pieces[index]));
      if (!pieces[0].equals(pieces[1])) return false;
      if (length === 0) return true;
    }
  } finally {
    files.forEach(closeSync);
  }
}

/** Makes a rename safe. Windows cannot, and need not. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
