import { type DropFolder } from './drop-folder';
import { readSteady } from './read-file';

/**
 * Tells which content has been imported: what is in `done`. There is no list of it that could say something else. Only
 * files of the same size are read, so this stays quick however many there are.
 */
export class Done {
  private readonly bySize = new Map<number, string[]>();
  private readonly hashes = new Map<string, string>();

  private constructor(private readonly drop: DropFolder) {}

  static async read(drop: DropFolder): Promise<Done> {
    const done = new Done(drop);
    for await (const { path, size } of drop.done()) done.add(path, size);
    return done;
  }

  add(path: string, size: number): void {
    const same = this.bySize.get(size);
    if (same) same.push(path);
    else this.bySize.set(size, [path]);
  }

  /** @returns where that content is, if it is there */
  async find(hash: string, size: number): Promise<string | undefined> {
    for (const path of this.bySize.get(size) ?? []) {
      if (!this.hashes.has(path)) this.hashes.set(path, await readSteady(this.drop.folder.at(path)));
      if (this.hashes.get(path) === hash) return path;
    }
    return undefined;
  }
}
