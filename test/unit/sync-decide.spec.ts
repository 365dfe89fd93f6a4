import fc from 'fast-check';
import { type Action, decide, type Hashes } from '../../src/sync/decide';
import { foldersOf } from '../../src/sync/paths';

/** A folder in memory: for each path its content, which here is its own hash. */
type Files = Readonly<Record<string, string>>;

function hashes(files: Files): Hashes {
  const byHash = new Map<string, string[]>();
  for (const [path, content] of Object.entries(files)) {
    byHash.set(content, [...(byHash.get(content) ?? []), path]);
  }
  return byHash;
}

const decided = (source: Files, destination: Files) => decide(hashes(source), hashes(destination));

test('a file that the destination lacks is copied', () => {
  expect(decided({ 'a.csv': 'A' }, {})).toEqual([{ do: 'copy', path: 'a.csv', hash: 'A' }]);
});

test('a renamed file is moved, from folder to folder too', () => {
  expect(decided({ 'in/new.csv': 'A' }, { 'old.csv': 'A' })).toEqual([
    { do: 'move', from: 'old.csv', to: 'in/new.csv' },
  ]);
});

test('a file gone from the source is removed', () => {
  expect(decided({}, { 'a.csv': 'A' })).toEqual([{ do: 'remove', path: 'a.csv' }]);
});

test('two equal folders need nothing', () => {
  expect(decided({ 'a.csv': 'A', 'in/b.csv': 'A' }, { 'a.csv': 'A', 'in/b.csv': 'A' })).toEqual([]);
});

test('changed content replaces the old: the file is never missing', () => {
  expect(decided({ 'a.csv': 'new' }, { 'a.csv': 'old' })).toEqual([
    { do: 'replace', path: 'a.csv', hash: 'new' },
  ]);
});

test('content under several names is copied under each that is lacking', () => {
  expect(decided({ a: 'A', b: 'A', c: 'A' }, { b: 'A' })).toEqual([
    { do: 'copy', path: 'a', hash: 'A' },
    { do: 'copy', path: 'c', hash: 'A' },
  ]);
});

test('of several names for one content only the surplus is removed', () => {
  expect(decided({ b: 'A' }, { a: 'A', b: 'A', c: 'A' })).toEqual([
    { do: 'remove', path: 'a' },
    { do: 'remove', path: 'c' },
  ]);
});

test('files that swapped their names step aside first', () => {
  expect(decided({ a: 'B', b: 'A' }, { a: 'A', b: 'B' })).toEqual([
    { do: 'move', from: 'b', to: '.sync-1.tmp' },
    { do: 'move', from: 'a', to: '.sync-2.tmp' },
    { do: 'move', from: '.sync-1.tmp', to: 'a' },
    { do: 'move', from: '.sync-2.tmp', to: 'b' },
  ]);
});

test('files that step aside take names that are free', () => {
  const inTheWay = { '.sync-1.tmp': 'left', '.sync-2.tmp/a': 'by others' };
  const aside = decided({ a: 'B', b: 'A', ...inTheWay }, { a: 'A', b: 'B', ...inTheWay }).slice(0, 2);
  expect(aside).toEqual([
    { do: 'move', from: 'b', to: '.sync-3.tmp' },
    { do: 'move', from: 'a', to: '.sync-4.tmp' },
  ]);
});

test('a file may become a file in a folder of its own old name, and the other way round', () => {
  expect(decided({ 'a/b': 'A' }, { a: 'A' })).toEqual([
    { do: 'move', from: 'a', to: '.sync-1.tmp' },
    { do: 'move', from: '.sync-1.tmp', to: 'a/b' },
  ]);
  expect(decided({ a: 'A' }, { 'a/b': 'A' })).toEqual([
    { do: 'move', from: 'a/b', to: '.sync-1.tmp' },
    { do: 'move', from: '.sync-1.tmp', to: 'a' },
  ]);
});

test('a file in the way of a folder, or a folder in the way of a file, is removed before', () => {
  expect(decided({ 'a/b': 'B' }, { a: 'A' }).map((action) => action.do)).toEqual(['remove', 'copy']);
  expect(decided({ a: 'A' }, { 'a/b': 'B' }).map((action) => action.do)).toEqual(['remove', 'copy']);
});

test('a whole folder may be renamed without a file being copied', () => {
  const named = (folder: string) =>
    Object.fromEntries(
      Array.from({ length: 5_000 }, (_, index) => [`${folder}/${index}`, `content ${index}`]),
    );
  const actions = decided(named('new'), named('old'));
  expect(actions).toHaveLength(5_000);
  expect(actions.every((action) => action.do === 'move')).toBe(true);
});

/** A destination that minds the rules of a file system, and what may not be done to it. */
class Disk {
  readonly files: Map<string, string>;

  constructor(
    files: Files,
    private readonly source: Files,
  ) {
    this.files = new Map(Object.entries(files));
  }

  perform(action: Action): void {
    switch (action.do) {
      case 'remove':
        return this.take(action.path, false);
      case 'move': {
        const content = this.files.get(action.from)!;
        this.take(action.from);
        return this.put(action.to, content);
      }
      case 'replace':
        this.take(action.path, false);
        return this.copy(action.path, action.hash);
      case 'copy':
        return this.copy(action.path, action.hash);
    }
  }

  private take(path: string, needed = true): void {
    const content = this.files.get(path);
    must(content !== undefined, `${path} is there`);
    this.files.delete(path);
    if (needed) return;
    // Content is needed as long as the source has it under more names than are left.
    const names = (contents: Iterable<string>) => [...contents].filter((other) => other === content).length;
    must(names(this.files.values()) >= names(Object.values(this.source)), `${path} is not needed`);
  }

  private put(path: string, content: string): void {
    const names = path.split('/');
    must(!names.includes('') && !names.includes('.') && !names.includes('..'), `${path} is in the folder`);
    must(!this.files.has(path), `${path} is free`);
    must(!foldersOf(path).some((folder) => this.files.has(folder)), `${path} is in no file`);
    must(![...this.files.keys()].some((other) => other.startsWith(`${path}/`)), `${path} is no folder`);
    this.files.set(path, content);
  }

  private copy(path: string, hash: string): void {
    must(this.source[path] === hash, `${path} is what is to be copied`);
    this.put(path, hash);
  }
}

/** Like expect, which is too slow for a hundred thousand checks. */
function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`Does not hold: ${what}`);
}

/** Few names and few contents, so that everything gets in the way of everything. */
const path = fc.array(fc.constantFrom('a', 'b', 'c', '.sync-1.tmp'), { minLength: 1, maxLength: 3 });
const files = fc
  .array(fc.tuple(path, fc.constantFrom('A', 'B', 'C', 'D')), { maxLength: 9 })
  .map((entries): Files => {
    const tree = new Map<string, string>();
    for (const [names, content] of entries) {
      const name = names.join('/');
      const isFree = [...tree.keys()].every(
        (other) => !`${other}/`.startsWith(`${name}/`) && !`${name}/`.startsWith(`${other}/`),
      );
      if (isFree) tree.set(name, content);
    }
    return Object.fromEntries(tree);
  });

test('whatever the two folders are, the destination becomes the source and loses nothing that it needs', () => {
  fc.assert(
    fc.property(files, files, (source, destination) => {
      const disk = new Disk(destination, source);
      for (const action of decided(source, destination)) disk.perform(action);
      expect(Object.fromEntries(disk.files)).toEqual(source);
    }),
    { numRuns: 1000 },
  );
});

test('nothing is copied that the destination has to spare', () => {
  const count = (all: Files, content: string) =>
    Object.values(all).filter((other) => other === content).length;
  fc.assert(
    fc.property(files, files, (source, destination) => {
      const copied = decided(source, destination).filter((action) => 'hash' in action);
      for (const content of ['A', 'B', 'C', 'D']) {
        expect(copied.filter(({ hash }) => hash === content)).toHaveLength(
          Math.max(0, count(source, content) - count(destination, content)),
        );
      }
    }),
  );
});

test('a folder that is as it should be is left alone', () => {
  fc.assert(fc.property(files, (both) => expect(decided(both, both)).toEqual([])));
});
