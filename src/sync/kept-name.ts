import { lstat } from 'node:fs/promises';
import { type Folder } from './folder';
import { nameOf } from './paths';
import { FileProblem, isMissing } from './problems';
import { readSteady } from './read-file';

/**
 * Finds the name under which a folder keeps content. Suppliers like to use the same name each day, and nothing that is
 * kept may be overwritten: when other content has the name, the start of the hash is put before the extension.
 * @param path the name that is wished for
 * @returns whether the folder has that content there already, too
 */
export async function keptName(
  folder: Folder,
  path: string,
  hash: string,
): Promise<{ path: string; isThere: boolean }> {
  const name = nameOf(path);
  const [, stem, extension] = /^(.+?)((?:\.[^.]*)?)$/s.exec(name)!;
  const unique = `${path.slice(0, path.length - name.length)}${stem}.${hash.slice(0, 12)}${extension}`;
  for (const candidate of [path, unique]) {
    const there = await hashAt(folder.at(candidate));
    if (there === undefined || there === hash) return { path: candidate, isThere: there === hash };
  }
  throw new FileProblem(`cannot be kept, as other files have the names ${path} and ${unique}`);
}

/** @returns undefined when nothing is there; a link or a folder has no hash, yet is something */
async function hashAt(path: string): Promise<string | undefined> {
  try {
    return (await lstat(path)).isFile() ? await readSteady(path) : 'none';
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
