import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, chmodSync, mkdirSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { act } from '../../src/sync/act';
import { CouldNotRun, synchronise } from '../../src/sync/contracts';
import { Folder } from '../../src/sync/folder';
import { readSteady } from '../../src/sync/read-file';
import { Playground } from '../support/playground';

let playground: Playground;
beforeEach(() => {
  playground = new Playground();
});
afterEach(() => playground.remove());

type Files = Readonly<Record<string, string>>;

async function synchronised(source: Files, destination: Files) {
  const outcome = await synchronise(
    playground.plant('source', source),
    playground.plant('destination', destination),
  );
  return { ...outcome, files: playground.filesIn('destination') };
}

const sync = () => synchronise(playground.at('source'), playground.at('destination'));
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('sync makes the destination like the source:', () => {
  test.each<[string, Files, Files]>([
    ['copies what is missing', { 'a.csv': 'A', 'in/deep/b.csv': 'B' }, {}],
    ['moves what was renamed', { 'new.csv': 'A', 'x/y/z': 'B' }, { 'old.csv': 'A', 'p/q': 'B' }],
    [
      'removes what is gone, and its folder with it',
      { 'a.csv': 'A' },
      { 'a.csv': 'A', 'in/deep/b.csv': 'B' },
    ],
    ['replaces what has changed', { 'a.csv': 'new' }, { 'a.csv': 'old' }],
    ['takes the same content under several names', { a: 'A', b: 'A', 'c/d': 'A' }, { b: 'A', e: 'A' }],
    ['swaps names', { a: 'B', b: 'A' }, { a: 'A', b: 'B' }],
    ['turns a ring of names', { a: 'C', b: 'A', 'in/c': 'B' }, { a: 'A', b: 'B', 'in/c': 'C' }],
    ['puts a folder where a file was', { 'a/b': 'A', 'a/c': 'C' }, { a: 'A' }],
    ['puts a file where a folder was', { a: 'A' }, { 'a/b': 'A', 'a/c/d': 'D' }],
    ['puts a file where an empty folder was', { a: 'A', b: 'B' }, { 'a/x/y/': '', 'b/': '', c: 'B' }],
    ['empties it when the source is empty', {}, { a: 'A', 'in/b': 'B' }],
    ['takes empty files for files', { a: '', b: '' }, { b: '', c: 'C' }],
    [
      'takes any name',
      {
        '-rf': '1',
        'a b': '2',
        '\'"`$(x)': '3',
        'line\nbreak': '4',
        'ä€😀': '5',
        '..x': '6',
        constructor: '7',
        '\\': '8',
      },
      { '* ': '1', '%00': '9' },
    ],
  ])('%s', async (_, source, destination) => {
    const { files, problems } = await synchronised(source, destination);
    expect(files).toEqual(source);
    expect(problems).toEqual([]);
    expect((await sync()).actions).toEqual([]);
  });

  test('a destination that does not exist is made', async () => {
    playground.plant('source', { 'in/a.csv': 'A' });
    await synchronise(playground.at('source'), playground.at('not/there/yet'));
    expect(playground.filesIn('not/there/yet')).toEqual({ 'in/a.csv': 'A' });
  });

  test('empty folders are not made, and those that are there stay', async () => {
    const { files } = await synchronised({ a: 'A', 'empty/': '' }, { 'theirs/': '' });
    expect(files).toEqual({ a: 'A', 'theirs/': '' });
  });

  test('a copy may be read by those who may read the original, and by nobody else', async () => {
    playground.plant('source', { a: 'A' });
    chmodSync(playground.at('source/a'), 0o600);
    await sync();
    expect(statSync(playground.at('destination/a')).mode & 0o777).toBe(0o600);
  });

  test('a dry run says what would be done and does nothing', async () => {
    const source = playground.plant('source', { a: 'B', b: 'A', c: 'new', d: 'D' });
    const destination = playground.plant('destination', { a: 'A', b: 'B', c: 'old', e: 'E' });
    const { actions } = await synchronise(source, destination, { dryRun: true });
    expect(playground.filesIn('destination')).toEqual({ a: 'A', b: 'B', c: 'old', e: 'E' });
    expect((await sync()).actions).toEqual(actions);
  });

  test('a dry run does not even make the destination', async () => {
    const source = playground.plant('source', { a: 'A' });
    await synchronise(source, playground.at('destination'), { dryRun: true });
    expect(playground.filesIn('')).toEqual({ 'source/a': 'A' });
  });

  test('nothing that is in either of them keeps it from that', async () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', 'ü'), { minLength: 1, maxLength: 3 })
      .map((names) => names.join('/'));
    const files = fc.dictionary(path, fc.constantFrom('A', 'B', 'C'), { maxKeys: 6 }).map((tree) => {
      const inAFile = (name: string) => Object.keys(tree).some((other) => name.startsWith(`${other}/`));
      return Object.fromEntries(Object.entries(tree).filter(([name]) => !inAFile(name)));
    });
    await fc.assert(
      fc.asyncProperty(files, files, async (source, destination) => {
        const result = await synchronised(source, destination);
        expect(result.files).toEqual(source);
        expect(result.problems).toEqual([]);
        playground.remove();
      }),
      { numRuns: 30 },
    );
  });
});

describe('sync leaves what cannot be read as it is, and does the rest:', () => {
  test('links in the source are not followed', async () => {
    playground.plant('elsewhere', { secret: 'S' });
    playground.plant('source', { a: 'A' });
    symlinkSync(playground.at('elsewhere/secret'), playground.at('source/file'));
    symlinkSync(playground.at('elsewhere'), playground.at('source/folder'));
    playground.plant('destination', { file: 'kept', 'folder/secret': 'kept' });
    const { problems } = await sync();
    expect(playground.filesIn('destination')).toEqual({ a: 'A', file: 'kept', 'folder/secret': 'kept' });
    expect(problems).toEqual([
      { folder: 'source', path: 'file', reason: 'is a link, which is not followed' },
      { folder: 'source', path: 'folder', reason: 'is a link, which is not followed' },
    ]);
  });

  test('links in the destination stay, and nothing is changed where they lead', async () => {
    playground.plant('elsewhere', { a: 'other', b: 'other' });
    playground.plant('source', { 'sub/a': 'A', 'sub/new/c': 'C', file: 'F', x: 'X' });
    playground.plant('destination', {});
    symlinkSync(playground.at('elsewhere'), playground.at('destination/sub'));
    symlinkSync(playground.at('elsewhere/b'), playground.at('destination/file'));
    const { problems } = await sync();
    expect(playground.filesIn('elsewhere')).toEqual({ a: 'other', b: 'other' });
    expect(playground.filesIn('destination')).toEqual({ sub: '-> …', file: '-> …', x: 'X' });
    expect(problems.map(({ folder, path }) => [folder, path])).toEqual([
      ['destination', 'file'],
      ['destination', 'sub'],
    ]);
  });

  test('a link stays in a folder that would become a file', async () => {
    playground.plant('source', { a: 'A', b: 'B' });
    playground.plant('destination', { 'a/x': 'X' });
    symlinkSync('nowhere', playground.at('destination/a/link'));
    const { problems } = await sync();
    expect(playground.filesIn('destination')).toEqual({ 'a/link': '-> …', b: 'B' });
    expect(problems.map(({ path }) => path)).toEqual(['a/link']);
  });

  test('pipes are not read', async () => {
    playground.plant('source', { a: 'A' });
    execFileSync('mkfifo', [playground.at('source/pipe')]);
    const { problems } = await sync();
    expect(playground.filesIn('destination')).toEqual({ a: 'A' });
    expect(problems).toEqual([{ folder: 'source', path: 'pipe', reason: 'is not an ordinary file' }]);
  });

  test('earlier copies of files and folders that it may not read stay', async () => {
    playground.plant('source', { a: 'A', 'closed/b': 'B', secret: 'new', theirs: 'T' });
    playground.plant('destination', { 'closed/b': 'B', 'closed/c': 'C', secret: 'old', theirs: '?' });
    chmodSync(playground.at('source/secret'), 0);
    chmodSync(playground.at('source/closed'), 0);
    chmodSync(playground.at('destination/theirs'), 0);
    await playground.asOrdinaryUser(async () => {
      const { problems } = await sync();
      expect(problems).toEqual([
        { folder: 'source', path: 'closed', reason: 'EACCES: permission denied' },
        { folder: 'source', path: 'secret', reason: 'EACCES: permission denied' },
        { folder: 'destination', path: 'theirs', reason: 'EACCES: permission denied' },
      ]);
    });
    expect(playground.filesIn('destination')).toEqual({
      a: 'A',
      'closed/b': 'B',
      'closed/c': 'C',
      secret: 'old',
      theirs: '?',
    });
  });

  test('a folder of the destination that may not be written to stays', async () => {
    playground.plant('source', { a: 'A', 'closed/b': 'B' });
    playground.plant('destination', { 'closed/x': 'X' });
    chmodSync(playground.at('destination/closed'), 0o555);
    await playground.asOrdinaryUser(async () => {
      const { actions, problems } = await sync();
      expect(actions.map((action) => action.do)).toEqual(['copy']);
      expect(problems).toEqual([
        { folder: 'destination', path: 'closed/x', reason: 'could not remove: EACCES: permission denied' },
        { folder: 'destination', path: 'closed/b', reason: 'could not copy: EACCES: permission denied' },
      ]);
    });
    expect(playground.filesIn('destination')).toEqual({ a: 'A', 'closed/x': 'X' });
  });

  test('names that are not valid UTF-8 are left out', async () => {
    const source = playground.plant('source', { a: 'A' });
    execFileSync('sh', ['-c', 'printf X > "$1/$(printf "bad\\377")"', 'sh', source]);
    const { problems } = await sync();
    expect(playground.filesIn('destination')).toEqual({ a: 'A' });
    expect(problems.map(({ reason }) => reason)).toEqual(['has a name that is not valid UTF-8; rename it']);
  });
});

describe('folders that cannot be used', () => {
  test.each([
    ['the same', 'a', 'a', 'the two folders are the same'],
    ['the destination in the source', 'a', 'a/b', 'lies in'],
    ['a destination in the source that does not exist', 'a', 'a/x/y', 'lies in'],
    ['the source in the destination', 'a/b', 'a', 'lies in'],
    ['the destination in the source under an odd name', 'a', 'a/..b', 'lies in'],
    ['the same by way of a link', 'a', 'link', 'the two folders are the same'],
    ['one in the other by way of a link', 'a', 'link/x', 'lies in'],
    ['no source', 'missing', 'c', 'there is no such folder'],
    ['a file for a source', 'a/b/file', 'c', 'is not a folder'],
    ['a file for a destination', 'a', 'file', 'ENOTDIR'],
    ['a destination in a file', 'a', 'file/c', 'ENOTDIR'],
    ['a link to nowhere for a destination', 'a', 'dangling', 'E'],
  ])('are refused: %s', async (_, source, destination, message) => {
    playground.plant('a', { 'b/file': 'F' });
    playground.plant('', { file: 'F' });
    symlinkSync('a', playground.at('link'));
    symlinkSync('a/nowhere', playground.at('dangling'));
    const before = playground.filesIn('');
    const attempt = synchronise(playground.at(source), playground.at(destination));
    await expect(attempt).rejects.toThrow(CouldNotRun);
    await expect(attempt).rejects.toThrow(message);
    expect(playground.filesIn('')).toEqual(before);
  });

  test('do not include those whose names begin alike', async () => {
    playground.plant('stock', { a: 'A' });
    await synchronise(playground.at('stock'), playground.at('stock-copy'));
    expect(playground.filesIn('stock-copy')).toEqual({ a: 'A' });
  });
});

describe('what changes while sync runs:', () => {
  test('a file that grows while it is read is noticed', async () => {
    const file = join(playground.plant('source', { a: 'x'.repeat(1_000_000) }), 'a');
    const reading = readSteady(file, async () => appendFileSync(file, 'y'));
    await expect(reading).rejects.toThrow('changed while it was read');
  });

  test('a file that changes without growing is noticed', async () => {
    const file = join(playground.plant('source', { a: 'A' }), 'a');
    const reading = readSteady(file, async () => utimesSync(file, 1, 1));
    await expect(reading).rejects.toThrow('changed while it was read');
  });

  test.each([
    ['a link', 'ln', ['-s', 'a']],
    ['a pipe', 'mkfifo', []],
  ])('%s that took the place of a file is not read', async (_, program, args) => {
    const source = playground.plant('source', { a: 'A' });
    execFileSync(program, [...args, 'b'], { cwd: source });
    await expect(readSteady(join(source, 'b'))).rejects.toThrow();
  });

  test('a file that is no longer what was decided on is not put in place', async () => {
    const source = playground.plant('source', { a: 'other' });
    const destination = new Folder(playground.plant('destination', { a: 'old' }));
    const { problems } = await act(
      [{ do: 'replace', path: 'a', hash: sha256('new') }],
      (path) => join(source, path),
      destination,
    );
    expect(problems).toEqual([
      {
        folder: 'destination',
        path: 'a',
        reason: 'could not replace: changed since it was first read; left for the next run',
      },
    ]);
    expect(playground.filesIn('destination')).toEqual({ a: 'old' });
  });

  test('a file that appeared in the destination is not overwritten', async () => {
    const source = playground.plant('source', { a: 'A' });
    const destination = new Folder(
      playground.plant('destination', { a: 'appeared', b: 'B', 'c/x': 'appeared' }),
    );
    const { problems } = await act(
      [
        { do: 'copy', path: 'a', hash: sha256('A') },
        { do: 'move', from: 'b', to: 'a' },
        { do: 'move', from: 'b', to: 'c' },
      ],
      (path) => join(source, path),
      destination,
    );
    expect(problems).toHaveLength(3);
    expect(playground.filesIn('destination')).toEqual({ a: 'appeared', b: 'B', 'c/x': 'appeared' });
  });

  test('a link that appeared in the destination does not lead out of it', async () => {
    const source = playground.plant('source', { 'sub/a': 'A', 'sub/new/a': 'A' });
    playground.plant('elsewhere', { old: 'O' });
    const destination = new Folder(playground.plant('destination', { b: 'B' }));
    symlinkSync(playground.at('elsewhere'), playground.at('destination/sub'));
    const { done } = await act(
      [
        { do: 'remove', path: 'sub/old' },
        { do: 'move', from: 'sub/old', to: 'old' },
        { do: 'move', from: 'b', to: 'sub/b' },
        { do: 'copy', path: 'sub/a', hash: sha256('A') },
        { do: 'copy', path: 'sub/new/a', hash: sha256('A') },
      ],
      (path) => join(source, path),
      destination,
    );
    expect(done).toEqual([]);
    expect(playground.filesIn('elsewhere')).toEqual({ old: 'O' });
    expect(playground.filesIn('destination')).toEqual({ b: 'B', sub: '-> …' });
  });
});

describe('after a run that was killed', () => {
  test('its half copies are removed, and what had stepped aside is used', async () => {
    const { files, actions } = await synchronised(
      { a: 'A', 'in/b': 'B' },
      { 'in/.sync-0f3a-4b.tmp': 'hal', '.sync-1.tmp': 'B' },
    );
    expect(files).toEqual({ a: 'A', 'in/b': 'B' });
    expect(actions).toContainEqual({ do: 'move', from: '.sync-1.tmp', to: 'in/b' });
  });

  test('half copies in the source are not taken for files', async () => {
    const { files, problems } = await synchronised({ a: 'A', '.sync-0f3a.tmp': 'hal' }, {});
    expect(files).toEqual({ a: 'A' });
    expect(problems).toEqual([]);
  });

  test('folders are removed only where nothing else is in them', async () => {
    playground.plant('destination', { 'in/a': 'A' });
    mkdirSync(playground.at('destination/in/empty'));
    playground.plant('source', {});
    await sync();
    expect(playground.filesIn('destination')).toEqual({ 'in/empty/': '' });
  });
});
