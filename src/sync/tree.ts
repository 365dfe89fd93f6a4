import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Hashes } from './decide';
import { reasonOf } from './problems';
import { readSteady } from './read-file';

/** Something found in a folder: an ordinary file, or else `problem` says why it is left alone. */
export interface Entry {
  readonly path: string;
  readonly problem?: string;
}

/**
 * Finds what is in a folder and in the folders below, in the order of the names. Links are not followed.
 * @param skip paths that are not looked at, nor what is below them
 * @param from where to begin: a path in the folder, or the folder itself
 * @throws Error when that place cannot be read
 */
export async function* walk(root: string, skip: (path: string) => boolean, from = ''): AsyncGenerator<Entry> {
  const entries = await readdir(join(root, from), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = from ? `${from}/${entry.name}` : entry.name;
    if (skip(path)) continue;
    if (entry.name.includes('\uFFFD')) {
      yield { path, problem: 'has a name that is not valid UTF-8; rename it' };
    } else if (entry.isDirectory()) {
      try {
        yield* walk(root, skip, path);
      } catch (error) {
        yield { path, problem: reasonOf(error) };
      }
    } else if (entry.isFile()) {
      yield { path };
    } else {
      yield {
        path,
        problem: entry.isSymbolicLink() ? 'is a link, which is not followed' : 'is not an ordinary file',
      };
    }
  }
}

/** The content of a folder, as far as it can be told. */
export interface Tree {
  readonly hashes: Hashes;
  /** Paths whose content is unknown, and why. */
  readonly unknown: ReadonlyMap<string, string>;
}

/**
 * Reads every file of a folder.
 * @param skip paths that are taken for absent
 * @throws Error when the folder itself cannot be read
 */
export async function readTree(root: string, skip: (path: string) => boolean = () => false): Promise<Tree> {
  const hashes = new Map<string, string[]>();
  const unknown = new Map<string, string>();
  for await (const { path, problem } of walk(root, skip)) {
    if (problem !== undefined) {
      unknown.set(path, problem);
      continue;
    }
    try {
      const hash = await readSteady(join(root, path));
      const same = hashes.get(hash);
      if (same) same.push(path);
      else hashes.set(hash, [path]);
    } catch (error) {
      unknown.set(path, reasonOf(error));
    }
  }
  return { hashes, unknown };
}
