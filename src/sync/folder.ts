import { randomUUID } from 'node:crypto';
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { foldersOf, isTemporary, temporaryName } from './paths';
import { FileProblem, isMissing } from './problems';
import { readSteady } from './read-file';
import { walk } from './tree';

/**
 * A folder whose files are changed. Nothing outside it is: a path that leads through a link is refused, even if the
 * link appeared a moment ago. Folders are made when a file needs them.
 *
 * Each method throws a FileProblem or an error of the system when it could not do its work; nothing is half done then.
 */
export class Folder {
  /** @param root the folder's real path */
  constructor(readonly root: string) {}

  /** Where in the file system a path of this folder is. */
  at(path: string): string {
    return join(this.root, path);
  }

  /**
   * Copies a file into the folder.
   * @param source where the file is
   * @param hash what the file must contain, else it has changed since that was decided
   */
  async copy(source: string, path: string, hash: string, { replace = false } = {}): Promise<void> {
    const { mode } = await lstat(source);
    await this.place(path, { replace, mode: mode & 0o777 }, async (file) => {
      if ((await readSteady(source, (piece) => file.writeFile(piece))) !== hash) {
        throw new FileProblem('changed since it was first read; left for the next run');
      }
    });
  }

  /** Writes a text file, whatever was in it before. */
  async write(path: string, text: string): Promise<void> {
    await this.place(path, { replace: true }, (file) => file.writeFile(text));
  }

  async move(from: string, to: string): Promise<void> {
    await this.refuseLinks(from);
    await this.makeFolders(to);
    await this.makeRoom(to);
    await rename(this.at(from), this.at(to));
  }

  async remove(path: string): Promise<void> {
    await this.refuseLinks(path);
    await unlink(this.at(path));
  }

  /** Removes the folders above a path that a file has left, as far as nothing else is in them. */
  async prune(path: string): Promise<void> {
    for (const folder of foldersOf(path).reverse()) {
      try {
        await rmdir(this.at(folder));
      } catch {
        return;
      }
    }
  }

  /** Makes a file's name outlive a failure of the power, where the system can do that. Its content does anyway. */
  async flush(path: string): Promise<void> {
    const parent = await open(dirname(this.at(path)), 'r').catch(() => undefined);
    await parent?.sync().catch(() => undefined);
    await parent?.close();
  }

  /** Removes what a run that was killed has left under temporary names, in the folder or a part of it. */
  async sweep(from = ''): Promise<void> {
    for await (const { path } of walk(this.root, () => false, from)) {
      if (isTemporary(path)) await rm(this.at(path), { force: true });
    }
  }

  /**
   * Writes a file under a temporary name, flushes it, and renames it: it is seen whole or not at all, even after a
   * failure of the power.
   */
  private async place(
    path: string,
    { replace, mode }: { replace: boolean; mode?: number },
    write: (file: FileHandle) => Promise<void>,
  ): Promise<void> {
    await this.makeFolders(path);
    const parent = dirname(this.at(path));
    // Beside its place, for a folder further up may be on another disk.
    const temporary = join(parent, temporaryName(randomUUID()));
    try {
      const file = await open(temporary, 'wx', mode);
      try {
        await write(file);
        await file.sync();
      } finally {
        await file.close();
      }
      await this.makeRoom(path, replace);
      await rename(temporary, this.at(path));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /** Makes sure that nothing is lost at the path: rename would overwrite it without a word. */
  private async makeRoom(path: string, replace = false): Promise<void> {
    const there = await lstat(this.at(path)).catch(ignoreMissing);
    if (there?.isDirectory()) {
      await this.removeEmptyFolder(path);
    } else if (there && !(replace && there.isFile())) {
      throw new FileProblem('something else has that name in the meantime');
    }
  }

  private async removeEmptyFolder(path: string): Promise<void> {
    for (const entry of await readdir(this.at(path), { withFileTypes: true })) {
      if (!entry.isDirectory()) throw new FileProblem('a folder that is not empty has that name');
      await this.removeEmptyFolder(`${path}/${entry.name}`);
    }
    await rmdir(this.at(path));
  }

  private async makeFolders(path: string): Promise<void> {
    for (const folder of foldersOf(path)) {
      await mkdir(this.at(folder)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
      // Before the next one is made: it would be made where the link leads.
      await this.refuseLink(folder);
    }
  }

  private async refuseLinks(path: string): Promise<void> {
    for (const folder of foldersOf(path)) await this.refuseLink(folder);
  }

  private async refuseLink(folder: string): Promise<void> {
    if ((await lstat(this.at(folder))).isDirectory()) return;
    throw new FileProblem(`${folder} is not a folder, and links are not followed`);
  }
}

function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}
