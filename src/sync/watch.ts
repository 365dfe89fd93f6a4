import { setTimeout as pause } from 'node:timers/promises';
import { Archive } from './archive';
import { Done } from './done';
import { DropFolder, type Look } from './drop-folder';
import { type ImportFile } from './import-file';
import { type FileOutcome, importOnce } from './import-once';
import { RetryPauses } from './retry-pauses';
import { CouldNotRun, reasonOf } from './problems';

export interface WatchSettings {
  readonly drop: string;
  /** Absent: no copies are kept. */
  readonly archive?: string;
  readonly importFile: ImportFile;
  /** Files that are complete at the same time are imported by rank, the smallest first, then by name. */
  readonly rankOf?: (path: string) => Promise<number>;
  readonly report: (outcome: FileOutcome) => void;
  /** Milliseconds from look to look, 2000 if absent. A file is complete when two looks find it the same. */
  readonly settle?: number;
  /** End after the second look and what it found. */
  readonly once?: boolean;
  /** Ends the watch once the file under way is dealt with. */
  readonly signal?: AbortSignal;
}

/**
 * Imports what a supplier drops into a folder, each content once. Looks again and again rather than wait for the
 * system to tell: on network drives it often does not.
 *
 * It may be killed at any moment, and there is no journal that would have to be repaired. Where a file is says how far
 * it is (see DropFolder), and it gets from place to place by rename, which happens or does not. So it is always in
 * exactly one place, and never lost. When the process is killed
 * - before the file is claimed, nothing has happened yet;
 * - before, in or after the import, but before the move, the file lies claimed and is imported again. That changes
 *   nothing, as an import may be repeated;
 * - while a report or a copy for the archive is written, half of it lies under a temporary name. The next start removes
 *   that, and the file, still claimed, gets a new one;
 * - after the move, the report is in place already.
 *
 * `done` itself is the list of what has been imported, and a file enters it by the rename that ends its import, so that
 * the two cannot disagree. Content that is in `done` is not imported again, whatever name it is delivered under.
 *
 * The copy in the archive is made before the import, and stays when `done` and `failed` are cleared away one day.
 *
 * @throws CouldNotRun when a folder cannot be used
 */
export async function watch(settings: WatchSettings): Promise<void> {
  const { settle = 2000, once = false, signal, report, importFile, rankOf } = settings;
  const drop = await DropFolder.open(settings.drop);
  const archive =
    settings.archive === undefined ? undefined : await Archive.open(settings.archive, drop.folder.root);
  const retryPauses = new RetryPauses(settle);
  let last: Look = { marks: new Map(), problems: new Map() };

  for (let looks = 1; !signal?.aborted; looks += 1) {
    const look = await drop.look().catch((error: unknown): Look => {
      if (once) throw new CouldNotRun(`${settings.drop}: ${reasonOf(error)}`);
      // A network drive that is away comes back.
      return { marks: new Map(), problems: new Map([['.', reasonOf(error)]]) };
    });
    for (const [path, reason] of look.problems) {
      if (last.problems.get(path) !== reason) report({ outcome: 'left', path, reason });
    }
    await importComplete(look, last);
    if (once && looks === 2) return;
    last = look;
    await pause(settle, undefined, { signal }).catch(() => {});
  }

  async function importComplete(look: Look, last: Look): Promise<void> {
    const complete = [...look.marks].filter(([path, mark]) => mark === last.marks.get(path));
    let done: Done | undefined;
    for (const [path, mark] of await byRank(complete)) {
      const name = drop.nameOf(path);
      if (signal?.aborted) return;
      if (!retryPauses.isOverFor(name)) continue;
      try {
        done ??= await Done.read(drop);
        const outcome = await importOnce({ path, mark }, { drop, archive, done, importFile });
        if (outcome) report(outcome);
        retryPauses.forget(name);
      } catch (error) {
        report({ outcome: 'left', path: name, reason: reasonOf(error) });
        retryPauses.startFor(name);
      }
    }
  }

  /** Puts the files first that others build on; those of one rank stay in the order of their names. */
  async function byRank(complete: readonly [path: string, mark: string][]) {
    const ranks = new Map<string, number>();
    for (const [path] of complete) ranks.set(path, (await rankOf?.(drop.folder.at(path))) ?? 0);
    return complete.toSorted(([one], [other]) => ranks.get(one)! - ranks.get(other)!);
  }
}
