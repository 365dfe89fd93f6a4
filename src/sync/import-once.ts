import { lstat } from 'node:fs/promises';
import { type Archive } from './archive';
import { type Done } from './done';
import { type DropFolder } from './drop-folder';
import { type ImportFile, type Refused } from './import-file';
import { FileProblem, isMissing } from './problems';
import { readSteady } from './read-file';

/** What became of a file. */
export type FileOutcome =
  | {
      readonly outcome: 'done';
      readonly path: string;
      readonly imported: number;
      readonly repeated?: number;
    }
  | {
      readonly outcome: 'failed';
      readonly path: string;
      readonly imported: number;
      readonly refused: readonly Refused[];
    }
  /** Its content had been imported already, with another delivery. */
  | { readonly outcome: 'known'; readonly path: string; readonly sameAs: string }
  /** The file could not be dealt with. If it can be later, it will be. */
  | { readonly outcome: 'left'; readonly path: string; readonly reason: string };

interface ImportContext {
  readonly drop: DropFolder;
  readonly archive?: Archive;
  readonly done: Done;
  readonly importFile: ImportFile;
}

/**
 * Imports a dropped file unless its content is in `done`, and moves it to `done` or `failed` with its report.
 * @param mark what the last look saw; another one means that the file is not complete after all
 * @returns undefined when the file has gone, or changed since the last look: the next ones will tell
 * @throws Error when it could not be dealt with; it is where it was, or claimed
 */
export async function importOnce(
  { path, mark }: { path: string; mark: string },
  { drop, archive, done, importFile }: ImportContext,
): Promise<FileOutcome | undefined> {
  const claimed = await drop.claim(path).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
  if (claimed === undefined || (await drop.markOf(claimed)) !== mark) return undefined;
  const content = drop.folder.at(claimed);
  const file = drop.nameOf(claimed);
  const sha256 = await readSteady(content);
  const { size } = await lstat(content);
  await archive?.keep(content, file, sha256);

  const sameAs = await done.find(sha256, size);
  if (sameAs !== undefined) {
    const report = { file, sha256, sameAs, imported: 0, refused: [] };
    const place = await drop.finish(claimed, 'done', sha256, report);
    return { outcome: 'known', path: place, sameAs };
  }
  const { imported, repeated, refused } = await importFile(content);
  if ((await drop.markOf(claimed)) !== mark) {
    throw new FileProblem('changed while it was imported; it will be imported again');
  }
  const outcome = refused.length === 0 ? 'done' : 'failed';
  const place = await drop.finish(claimed, outcome, sha256, { file, sha256, imported, repeated, refused });
  if (outcome === 'failed') return { outcome, path: place, imported, refused };
  done.add(place, size);
  return { outcome, path: place, imported, repeated };
}
