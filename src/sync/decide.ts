import { foldersOf, isAtOrBelow, temporaryName } from './paths';

/** What is in a folder: for each content, told by its hash, the paths that have it. */
export type Hashes = ReadonlyMap<string, readonly string[]>;

/**
 * One step of a synchronisation. All paths are relative: those of `move` and `remove` to the destination, that of
 * `copy` and `replace` to both folders, since a copy has the name that it has in the source.
 */
export type Action =
  | { readonly do: 'remove'; readonly path: string }
  | Move
  /** Nothing has that path when it is the action's turn. */
  | { readonly do: 'copy'; readonly path: string; readonly hash: string }
  /** An older file has that path, and nobody needs its content. */
  | { readonly do: 'replace'; readonly path: string; readonly hash: string };

type Move = { readonly do: 'move'; readonly from: string; readonly to: string };

/**
 * Decides how the destination becomes like the source (the book's chapter 3). Files that the destination has under
 * other names are moved, files that it lacks are copied, and what the source does not have is removed.
 *
 * The actions are to be done in their order. None overwrites content that a later one needs, whatever the names:
 * first goes what is in the way and not needed, then come the moves, then the copies. Folders are not mentioned. They
 * are there as far as files are in them.
 */
export function decide(source: Hashes, destination: Hashes): Action[] {
  const wanted = hashByPath(source);
  const present = hashByPath(destination);
  const moves: Move[] = [];
  const lacking = new Map<string, string>();
  const idle = new Set<string>();

  for (const hash of new Set([...source.keys(), ...destination.keys()])) {
    const spare = (destination.get(hash) ?? []).filter((path) => wanted.get(path) !== hash);
    const missing = (source.get(hash) ?? []).filter((path) => present.get(path) !== hash);
    missing.forEach((path, index) => {
      if (index < spare.length) moves.push({ do: 'move', from: spare[index], to: path });
      else lacking.set(path, hash);
    });
    spare.slice(missing.length).forEach((path) => idle.add(path));
  }
  const taken = new Set([...wanted.keys(), ...present.keys()].map((path) => path.split('/')[0]));
  return [
    ...[...idle].filter((path) => !lacking.has(path)).map((path): Action => ({ do: 'remove', path })),
    ...steppingAside(moves, taken),
    ...[...lacking].map(([path, hash]): Action => ({ do: idle.has(path) ? 'replace' : 'copy', path, hash })),
  ];
}

/**
 * A file whose old name is in the way of another's new name (the same name, or one of the two a folder of the other)
 * steps aside first. After that no new name is taken any more, so swapped names and longer rings need no thought.
 */
function steppingAside(moves: readonly Move[], taken: ReadonlySet<string>): Move[] {
  const targets = new Set(moves.map(({ to }) => to));
  const folders = new Set(moves.flatMap(({ to }) => foldersOf(to)));
  const aside: Move[] = [];
  let id = 0;
  const arrivals = moves.map((move): Move => {
    if (!folders.has(move.from) && !isAtOrBelow(move.from, targets)) return move;
    do id += 1;
    while (taken.has(temporaryName(id)));
    const place = temporaryName(id);
    aside.push({ do: 'move', from: move.from, to: place });
    return { do: 'move', from: place, to: move.to };
  });
  return [...aside, ...arrivals];
}

function hashByPath(hashes: Hashes): Map<string, string> {
  const byPath = new Map<string, string>();
  for (const [hash, paths] of hashes) for (const path of paths) byPath.set(path, hash);
  return byPath;
}
