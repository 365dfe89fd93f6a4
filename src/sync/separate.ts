import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { CouldNotRun, isMissing, reasonOf } from './problems';

/**
 * Where a folder really is, all links followed. The folder, and others above it, may not exist yet.
 * @throws CouldNotRun when that cannot be found out
 */
export async function realPathOf(path: string): Promise<string> {
  const absolute = resolve(path);
  try {
    return await realpath(absolute);
  } catch (error) {
    if (isMissing(error)) return join(await realPathOf(dirname(absolute)), basename(absolute));
    throw new CouldNotRun(`${path}: ${reasonOf(error)}`);
  }
}

/**
 * Where an existing folder really is.
 * @throws CouldNotRun when there is none
 */
export async function existingFolder(path: string): Promise<string> {
  const folder = await stat(path).catch((error: unknown) => {
    throw new CouldNotRun(`${path}: ${isMissing(error) ? 'there is no such folder' : reasonOf(error)}`);
  });
  if (!folder.isDirectory()) throw new CouldNotRun(`${path}: is not a folder`);
  return realPathOf(path);
}

/**
 * Refuses two folders of which one is, or is in, the other: writing to one would change the other.
 * @param one real path of a folder
 * @param other real path of another
 * @throws CouldNotRun
 */
export function refuseOverlap(one: string, other: string): void {
  if (one === other) throw new CouldNotRun(`${one}: the two folders are the same. Name another`);
  for (const [inner, outer] of [
    [one, other],
    [other, one],
  ]) {
    if (isInside(inner, outer)) throw new CouldNotRun(`${inner} lies in ${outer}. Name a folder outside it`);
  }
}

function isInside(inner: string, outer: string): boolean {
  const way = relative(outer, inner);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
