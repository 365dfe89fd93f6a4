/**
 * Paths here are relative to a folder and use `/` on every system: `supplier/batches.csv`.
 */

/** The folders above a path, the outermost first: `a/b/c` has `a` and `a/b`. */
export function foldersOf(path: string): string[] {
  const names = path.split('/');
  return names.slice(1).map((_, index) => names.slice(0, index + 1).join('/'));
}

/** Whether the path is one of those given, or lies in a folder that is. */
export function isAtOrBelow(path: string, places: { has(path: string): boolean }): boolean {
  return places.has(path) || foldersOf(path).some((folder) => places.has(folder));
}

/** The last name of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A name that a file has while it is not in its place yet. */
export function temporaryName(id: string | number): string {
  return `.sync-${id}.tmp`;
}

/** Whether `temporaryName` made the name; such a file was left by a run that was killed, unless one is under way. */
export function isTemporary(path: string): boolean {
  return /^\.sync-[0-9a-f-]+\.tmp$/.test(nameOf(path));
}
