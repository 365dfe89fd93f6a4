import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { act } from './act';
import { type Action, decide, type Hashes } from './decide';
import { Folder } from './folder';
import { foldersOf, isAtOrBelow, isTemporary } from './paths';
import { CouldNotRun, isMissing, type Problem, reasonOf } from './problems';
import { existingFolder, realPathOf, refuseOverlap } from './separate';
import { readTree, type Tree } from './tree';

/** What a synchronisation did, or would do, and the files that it left alone. */
export interface Outcome {
  readonly actions: readonly Action[];
  readonly problems: readonly Problem[];
}

/**
 * Makes the files of the destination the same as those of the source (the book's chapter 3): reads both, decides, and
 * acts. The destination need not exist.
 *
 * - Files count, folders do not: an empty folder of the source is not made, one of the destination is left alone
 *   unless a file needs its name, and a folder whose last file has gone goes too, but for a run that is killed just then.
 * - What cannot be read (a link, a pipe, a file without permission, one that is being written) is a problem, and
 *   whatever has its path in the other folder stays as it is: it is not known to be gone, nor to be the same.
 * - Temporary files of a run that was killed are files that the source does not have. So they are removed, or even
 *   put to use. In the source they are not seen, as they may be there because something synchronises to it.
 *
 * @param dryRun only tell what would be done
 * @throws CouldNotRun when a folder cannot be used, or one lies in the other
 */
export async function synchronise(
  source: string,
  destination: string,
  { dryRun = false } = {},
): Promise<Outcome> {
  const from = await existingFolder(source);
  const to = await realPathOf(destination);
  refuseOverlap(from, to);

  const [wanted, present] = await Promise.all([
    readTree(from, isTemporary).catch(cannotUse(source)),
    readTree(to).catch(nothingYet).catch(cannotUse(destination)),
  ]);
  const actions = decide(...whatIsKnown(wanted, present));
  const problems = [...problemsOf('source', wanted), ...problemsOf('destination', present)];
  if (dryRun) return { actions, problems };

  await mkdir(to, { recursive: true }).catch(cannotUse(destination));
  const { done, problems: failures } = await act(actions, (path) => join(from, path), new Folder(to));
  return { actions: done, problems: [...problems, ...failures] };
}

/** Leaves out every file about which the other folder's unknown ones leave a doubt. */
function whatIsKnown(source: Tree, destination: Tree): [source: Hashes, destination: Hashes] {
  const foldersOfUnknown = new Set([...destination.unknown.keys()].flatMap(foldersOf));
  return [
    without(source.hashes, (path) => isAtOrBelow(path, destination.unknown) || foldersOfUnknown.has(path)),
    without(destination.hashes, (path) => isAtOrBelow(path, source.unknown)),
  ];
}

function without(hashes: Hashes, doubtful: (path: string) => boolean): Hashes {
  const known = [...hashes].map(([hash, paths]) => [hash, paths.filter((path) => !doubtful(path))] as const);
  return new Map(known);
}

function problemsOf(folder: Problem['folder'], { unknown }: Tree): Problem[] {
  return [...unknown].map(([path, reason]) => ({ folder, path, reason }));
}

function nothingYet(error: unknown): Tree {
  if (!isMissing(error)) throw error;
  return { hashes: new Map(), unknown: new Map() };
}

function cannotUse(folder: string): (error: unknown) => never {
  return (error) => {
    throw new CouldNotRun(`${folder}: ${reasonOf(error)}`);
  };
}
