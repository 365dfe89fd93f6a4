import { mkdir } from 'node:fs/promises';
import { perform } from './act';
import { decide } from './decide';
import { Folder } from './folder';
import { keptName } from './kept-name';
import { CouldNotRun, reasonOf } from './problems';
import { realPathOf, refuseOverlap } from './separate';

/**
 * Keeps a copy of everything that was ever dropped. It is a mirror that only grows: it is made to have the files that
 * came in, whatever else it has, and so nothing in it is ever moved, replaced or removed.
 */
export class Archive {
  private constructor(private readonly folder: Folder) {}

  /**
   * @param path the folder, which is made if need be
   * @param drop real path of the drop folder
   * @throws CouldNotRun when it cannot be used, or one lies in the other
   */
  static async open(path: string, drop: string): Promise<Archive> {
    const root = await realPathOf(path);
    refuseOverlap(root, drop);
    await mkdir(root, { recursive: true }).catch((error: unknown) => {
      throw new CouldNotRun(`${path}: ${reasonOf(error)}`);
    });
    const folder = new Folder(root);
    await folder.sweep();
    return new Archive(folder);
  }

  /**
   * @param content where the file is
   * @param path its name in the archive, if no other content has that
   */
  async keep(content: string, path: string, hash: string): Promise<void> {
    const kept = await keptName(this.folder, path, hash);
    const wanted = new Map([[hash, [kept.path]]]);
    for (const action of decide(wanted, kept.isThere ? wanted : new Map())) {
      await perform(action, () => content, this.folder);
    }
    await this.folder.flush(kept.path);
  }
}
