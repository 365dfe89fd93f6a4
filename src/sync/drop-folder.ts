import { lstat, mkdir } from 'node:fs/promises';
import { Folder } from './folder';
import { keptName } from './kept-name';
import { nameOf } from './paths';
import { CouldNotRun, isMissing, reasonOf } from './problems';
import { existingFolder } from './separate';
import { walk } from './tree';

const claimed = '.importing';
const reportOf = (path: string) => `${path}.report.json`;

/** What was found in the drop folder. */
export interface Look {
  /** Size and time of last change of each file that is to be imported; those begun already come first. */
  readonly marks: ReadonlyMap<string, string>;
  /** What lies there and is not a file, and why it is left alone. */
  readonly problems: ReadonlyMap<string, string>;
}

/**
 * A supplier's drop folder. Where a file is says how far it is:
 *
 * | place | |
 * | --- | --- |
 * | `batches.csv`, `any/folder/batches.csv` | dropped; perhaps still being written |
 * | `.importing/batches.csv` | begun; perhaps imported, perhaps not |
 * | `done/batches.csv` | each row is imported |
 * | `failed/batches.csv` | rows were refused, as `failed/batches.csv.report.json` says |
 *
 * Moved back from `failed` to the drop folder, a file is imported again.
 */
export class DropFolder {
  private constructor(readonly folder: Folder) {}

  /** @throws CouldNotRun when there is no such folder, or it cannot be used */
  static async open(path: string): Promise<DropFolder> {
    const folder = new Folder(await existingFolder(path));
    for (const name of [claimed, 'done', 'failed']) {
      await mkdir(folder.at(name), { recursive: true }).catch((error: unknown) => {
        throw new CouldNotRun(`${folder.at(name)}: ${reasonOf(error)}`);
      });
      // A file could not be renamed to another disk, and would be imported again and again.
      if ((await lstat(folder.at(name))).isDirectory()) continue;
      throw new CouldNotRun(`${folder.at(name)}: is a link. Put a folder in its place`);
    }
    await folder.sweep('done');
    await folder.sweep('failed');
    return new DropFolder(folder);
  }

  /** @throws Error when the folder cannot be read */
  async look(): Promise<Look> {
    const marks = new Map<string, string>();
    const problems = new Map<string, string>();
    for (const place of [claimed, '']) {
      for await (const { path, problem } of this.files(isNotDropped, place)) {
        if (problem) problems.set(path, problem);
        else marks.set(path, await this.markOf(path));
      }
    }
    return { marks, problems };
  }

  /** Changes whenever the file does. Empty when it has gone. */
  async markOf(path: string): Promise<string> {
    try {
      const { size, mtimeNs } = await lstat(this.folder.at(path), { bigint: true });
      return `${size} ${mtimeNs}`;
    } catch (error) {
      if (isMissing(error)) return '';
      throw error;
    }
  }

  /** The name that a file was dropped with. */
  nameOf(path: string): string {
    return path.startsWith(`${claimed}/`) ? path.slice(claimed.length + 1) : path;
  }

  /**
   * Takes a file away from where the supplier puts things, so that it cannot be mixed up with the next one of its name.
   * That one waits in turn until the earlier has been dealt with.
   * @returns where it is now
   */
  async claim(path: string): Promise<string> {
    const place = `${claimed}/${this.nameOf(path)}`;
    if (path === place) return path;
    await this.folder.move(path, place);
    return place;
  }

  /**
   * Moves a claimed file to where it stays. That it is there says that its report is there, too.
   * @returns where it is now
   */
  async finish(path: string, outcome: 'done' | 'failed', hash: string, report: object): Promise<string> {
    const name = this.nameOf(path);
    const kept = await keptName(this.folder, `${outcome}/${name}`, hash);
    // What is done under that very name has a report of its import already.
    if (!(kept.isThere && outcome === 'done')) {
      await this.folder.write(reportOf(kept.path), `${JSON.stringify(report, null, 2)}\n`);
    }
    if (kept.isThere) await this.folder.remove(path);
    else await this.folder.move(path, kept.path);
    await this.folder.prune(path);
    if (outcome === 'done') await this.forgetFailure(name);
    return kept.path;
  }

  /** Files in `done`, and their sizes in bytes. */
  async *done(): AsyncGenerator<{ path: string; size: number }> {
    for await (const { path, problem } of this.files(isReport, 'done')) {
      if (!problem) yield { path, size: (await lstat(this.folder.at(path))).size };
    }
  }

  /** Removes the report of an earlier import that failed of a file that was moved back and is imported now. */
  private async forgetFailure(name: string): Promise<void> {
    if ((await this.markOf(`failed/${name}`)) !== '') return;
    await this.folder.remove(reportOf(`failed/${name}`)).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
  }

  private async *files(skip: (path: string) => boolean, from: string) {
    try {
      yield* walk(this.folder.root, skip, from);
    } catch (error) {
      if (!(isMissing(error) && from)) throw error;
    }
  }
}

/** Whether a path is not for import: a report, what is done or failed, a hidden file, an upload under way. */
function isNotDropped(path: string): boolean {
  const name = nameOf(path);
  return path === 'done' || path === 'failed' || isReport(path) || /^\.|\.(part|tmp|filepart)$/i.test(name);
}

function isReport(path: string): boolean {
  return path.endsWith('.report.json');
}
