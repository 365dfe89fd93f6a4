import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {
  CouldNotRun,
  type FileOutcome,
  type Imported,
  watch,
  type WatchSettings,
} from '../../src/sync/contracts';
import { Playground } from '../support/playground';
import { until } from '../support/until';

/** Rows that begin with `bad` are refused. */
class FakeImporter {
  readonly imports: string[] = [];
  /** What happens while a file is imported. */
  meanwhile: (path: string) => void | Promise<void> = () => {};

  readonly importFile = async (path: string): Promise<Imported> => {
    const content = readFileSync(path, 'utf8');
    this.imports.push(content);
    await this.meanwhile(path);
    const rows = content.split('\n');
    const refused = rows.flatMap((row, index) =>
      row.startsWith('bad') ? [{ line: index + 1, reason: row }] : [],
    );
    return { imported: rows.length - refused.length, refused };
  };
}

let playground: Playground;
let importer: FakeImporter;
let outcomes: FileOutcome[];
const running: { stop: () => Promise<void> }[] = [];

beforeEach(() => {
  playground = new Playground();
  importer = new FakeImporter();
  outcomes = [];
});
afterEach(async () => {
  for (const { stop } of running.splice(0)) await stop();
  playground.remove();
});

const settings = (): WatchSettings => ({
  drop: playground.at('drop'),
  archive: playground.at('archive'),
  importFile: importer.importFile,
  report: (item) => void outcomes.push(item),
  settle: 15,
});

const drop = (files: Readonly<Record<string, string>>) => playground.plant('drop', files);
const lookOnce = () => watch({ ...settings(), once: true });

function start() {
  const stopping = new AbortController();
  const ended = watch({ ...settings(), signal: stopping.signal });
  const stop = async () => {
    stopping.abort();
    await ended;
  };
  running.push({ stop });
  return { stop, ended, stopping };
}

/** The files of a folder without the reports. */
function filesIn(folder: string): Record<string, string> {
  const files = Object.entries(playground.filesIn(folder)).filter(([path]) => !path.endsWith('.report.json'));
  return Object.fromEntries(files);
}

const report = (path: string): unknown =>
  JSON.parse(readFileSync(playground.at(`drop/${path}.report.json`), 'utf8'));
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('a complete file', () => {
  test('is imported, archived, and moved to done with its report', async () => {
    drop({ 'batches.csv': 'one\ntwo' });
    await lookOnce();
    expect(importer.imports).toEqual(['one\ntwo']);
    expect(filesIn('drop')).toEqual({ 'done/batches.csv': 'one\ntwo', 'failed/': '' });
    expect(filesIn('archive')).toEqual({ 'batches.csv': 'one\ntwo' });
    expect(report('done/batches.csv')).toEqual({
      file: 'batches.csv',
      sha256: sha256('one\ntwo'),
      imported: 2,
      refused: [],
    });
    expect(outcomes).toEqual([{ outcome: 'done', path: 'done/batches.csv', imported: 2 }]);
  });

  test('with refused rows is moved to failed, and the report names them', async () => {
    drop({ 'batches.csv': 'one\nbad two\nthree' });
    await lookOnce();
    expect(filesIn('drop')).toEqual({ 'done/': '', 'failed/batches.csv': 'one\nbad two\nthree' });
    expect(report('failed/batches.csv')).toMatchObject({
      imported: 2,
      refused: [{ line: 2, reason: 'bad two' }],
    });
    expect(filesIn('archive')).toEqual({ 'batches.csv': 'one\nbad two\nthree' });
    expect(outcomes).toMatchObject([{ outcome: 'failed', imported: 2, refused: [{ line: 2 }] }]);
  });

  test('is in the archive before it is imported', async () => {
    drop({ 'batches.csv': 'one' });
    importer.meanwhile = () => expect(filesIn('archive')).toEqual({ 'batches.csv': 'one' });
    await lookOnce();
    expect(outcomes).toMatchObject([{ outcome: 'done' }]);
  });

  test('may lie in a folder, which stays for the next one', async () => {
    drop({ 'may/batches.csv': 'one', 'may/late/orders.csv': 'two' });
    await lookOnce();
    expect(filesIn('drop')).toEqual({
      'done/may/batches.csv': 'one',
      'done/may/late/orders.csv': 'two',
      'failed/': '',
      'may/late/': '',
    });
  });

  test('may have any name, and no extension', async () => {
    const odd = {
      batches: '1',
      'batches .csv': '2',
      'batches\n.csv': '3',
      '-batches.csv': '4',
      'ä€😀.csv': '5',
    };
    drop(odd);
    await lookOnce();
    drop(Object.fromEntries(Object.entries(odd).map(([name, content]) => [name, `${content} again`])));
    await lookOnce();
    expect(Object.keys(filesIn('drop/done'))).toHaveLength(10);
    expect(importer.imports).toHaveLength(10);
  });

  test('is imported without an archive, too', async () => {
    drop({ 'batches.csv': 'one' });
    await watch({ ...settings(), archive: undefined, once: true });
    expect(filesIn('')).toEqual({ 'drop/done/batches.csv': 'one', 'drop/failed/': '' });
  });
});

describe('each content is imported once:', () => {
  test('one that is delivered under two names is one import', async () => {
    drop({ 'a.csv': 'same', 'b.csv': 'same', 'c.csv': 'else' });
    await lookOnce();
    expect(importer.imports).toEqual(['same', 'else']);
    expect(filesIn('drop/done')).toEqual({ 'a.csv': 'same', 'b.csv': 'same', 'c.csv': 'else' });
    expect(filesIn('archive')).toEqual({ 'a.csv': 'same', 'b.csv': 'same', 'c.csv': 'else' });
    expect(report('done/b.csv')).toMatchObject({ imported: 0, sameAs: 'done/a.csv' });
    expect(outcomes[1]).toEqual({ outcome: 'known', path: 'done/b.csv', sameAs: 'done/a.csv' });
  });

  test('one that is delivered again later, under its own name or another, is none', async () => {
    drop({ 'may/a.csv': 'same' });
    await lookOnce();
    drop({ 'may/a.csv': 'same', 'june/a.csv': 'same' });
    await lookOnce();
    expect(importer.imports).toEqual(['same']);
    expect(filesIn('drop/done')).toEqual({ 'may/a.csv': 'same', 'june/a.csv': 'same' });
    expect(report('done/may/a.csv')).toMatchObject({ imported: 1 });
  });

  test('other content under the same name overwrites nothing', async () => {
    for (const content of ['monday', 'tuesday', 'bad wednesday', 'bad thursday', 'monday']) {
      drop({ 'batches.csv': content });
      await lookOnce();
    }
    const unique = (content: string) => `batches.${sha256(content).slice(0, 12)}.csv`;
    expect(importer.imports).toEqual(['monday', 'tuesday', 'bad wednesday', 'bad thursday']);
    expect(filesIn('drop/done')).toEqual({ 'batches.csv': 'monday', [unique('tuesday')]: 'tuesday' });
    expect(filesIn('drop/failed')).toEqual({
      'batches.csv': 'bad wednesday',
      [unique('bad thursday')]: 'bad thursday',
    });
    expect(filesIn('archive')).toEqual({
      'batches.csv': 'monday',
      [unique('tuesday')]: 'tuesday',
      [unique('bad wednesday')]: 'bad wednesday',
      [unique('bad thursday')]: 'bad thursday',
    });
    expect(report(`failed/${unique('bad thursday')}`)).toMatchObject({ sha256: sha256('bad thursday') });
  });

  test('a failed file that is moved back is tried again, and its old report goes', async () => {
    drop({ 'orders.csv': 'bad today' });
    await lookOnce();
    renameSync(playground.at('drop/failed/orders.csv'), playground.at('drop/orders.csv'));
    renameSync(
      playground.at('drop/failed/orders.csv.report.json'),
      playground.at('drop/orders.csv.report.json'),
    );
    await lookOnce();
    expect(importer.imports).toHaveLength(2);
    expect(filesIn('drop/failed')).toEqual({ 'orders.csv': 'bad today' });

    renameSync(playground.at('drop/failed/orders.csv'), playground.at('drop/orders.csv'));
    await watch({ ...settings(), once: true, importFile: async () => ({ imported: 1, refused: [] }) });
    expect(playground.filesIn('drop/failed')).toEqual({});
    expect(filesIn('drop/done')).toEqual({ 'orders.csv': 'bad today' });
  });

  test('a good file does not take away the report on a bad one of its name', async () => {
    drop({ 'orders.csv': 'bad' });
    await lookOnce();
    drop({ 'orders.csv': 'good' });
    await lookOnce();
    expect(report('failed/orders.csv')).toMatchObject({ refused: [{ line: 1 }] });
  });

  test('the archive keeps what was cleared away elsewhere', async () => {
    drop({ 'a.csv': 'A', 'b.csv': 'bad B' });
    await lookOnce();
    for (const name of ['done/a.csv', 'failed/b.csv'])
      renameSync(playground.at(`drop/${name}`), playground.at('gone'));
    drop({ 'c.csv': 'A' });
    await lookOnce();
    expect(filesIn('archive')).toEqual({ 'a.csv': 'A', 'b.csv': 'bad B', 'c.csv': 'A' });
  });
});

describe('a file', () => {
  test('is complete when two looks find it the same', async () => {
    drop({ 'batches.csv': 'begin' });
    const growing = setInterval(() => appendFileSync(playground.at('drop/batches.csv'), ' more'), 1);
    await lookOnce();
    clearInterval(growing);
    expect(importer.imports).toEqual([]);
    expect(Object.keys(filesIn('drop'))).toContain('batches.csv');

    const whole = readFileSync(playground.at('drop/batches.csv'), 'utf8');
    await lookOnce();
    expect(importer.imports).toEqual([whole]);
  });

  test('is complete when it has its final name', async () => {
    const unfinished = {
      '.batches.csv': '',
      'a.csv.part': '',
      'b.TMP': '',
      'c.csv.filepart': '',
      '.hidden/d.csv': '',
    };
    drop(unfinished);
    const { stop } = start();
    drop({ 'x.csv': 'X' });
    await until(() => outcomes.length > 0);
    renameSync(playground.at('drop/a.csv.part'), playground.at('drop/a.csv'));
    await until(() => outcomes.length > 1);
    await stop();
    expect(importer.imports).toEqual(['X', '']);
    expect(filesIn('drop')).toMatchObject({
      '.batches.csv': '',
      'b.TMP': '',
      'c.csv.filepart': '',
      '.hidden/d.csv': '',
    });
  });

  test('waits until it rests when it changes between the look and its turn', async () => {
    drop({ 'a.csv': 'A', 'b.csv': 'B' });
    importer.meanwhile = (path) => {
      if (path.endsWith('a.csv')) appendFileSync(playground.at('drop/b.csv'), ' more');
    };
    const { stop } = start();
    await until(() => outcomes.length === 2);
    await stop();
    expect(outcomes).toMatchObject([{ path: 'done/a.csv' }, { path: 'done/b.csv' }]);
    expect(importer.imports).toEqual(['A', 'B more']);
  });

  test('is imported again when it changes while it is imported', async () => {
    drop({ 'batches.csv': 'one' });
    importer.meanwhile = (path) => {
      if (importer.imports.length === 1) appendFileSync(path, '\ntwo');
    };
    const { stop } = start();
    await until(() => outcomes.length === 2);
    await stop();
    expect(outcomes).toMatchObject([
      { outcome: 'left', path: 'batches.csv' },
      { outcome: 'done', imported: 2 },
    ]);
    expect(importer.imports).toEqual(['one', 'one\ntwo']);
    expect(filesIn('drop/done')).toEqual({ 'batches.csv': 'one\ntwo' });
  });

  test('is not taken for the one of its name during whose import it was put there', async () => {
    drop({ 'batches.csv': 'one' });
    importer.meanwhile = () => {
      if (importer.imports.length === 1) drop({ 'batches.csv': 'two' });
    };
    const { stop } = start();
    await until(() => outcomes.length === 2);
    await stop();
    expect(importer.imports).toEqual(['one', 'two']);
    expect(Object.values(filesIn('drop/done')).sort()).toEqual(['one', 'two']);
  });
});

describe('what cannot be dealt with:', () => {
  test('a file that cannot be imported now is tried again, and keeps no other waiting', async () => {
    drop({ 'a.csv': 'A', 'b.csv': 'B' });
    importer.meanwhile = (path) => {
      if (path.endsWith('a.csv') && importer.imports.length < 4) throw new Error('the database is away');
    };
    const { stop } = start();
    await until(() => outcomes.some((item) => item.outcome === 'done' && item.path === 'done/a.csv'));
    await stop();
    expect(outcomes[0]).toEqual({ outcome: 'left', path: 'a.csv', reason: 'the database is away' });
    expect(outcomes[1]).toMatchObject({ outcome: 'done', path: 'done/b.csv' });
    expect(importer.imports).toEqual(['A', 'B', 'A', 'A']);
  });

  test('a later file of its name waits for it', async () => {
    importer.meanwhile = () => {
      throw new Error('the database is away');
    };
    drop({ 'a.csv': 'first' });
    await lookOnce();
    drop({ 'a.csv': 'second' });
    await lookOnce();
    expect(filesIn('drop')).toMatchObject({ '.importing/a.csv': 'first', 'a.csv': 'second' });
    importer.meanwhile = () => {};
    await lookOnce();
    expect(importer.imports.slice(-2)).toEqual(['first', 'second']);
    expect(Object.keys(filesIn('drop/done'))).toHaveLength(2);
  });

  test('a file that cannot be archived is not imported', async () => {
    drop({ 'a.csv': 'A' });
    playground.plant('archive', {});
    chmodSync(playground.at('archive'), 0o555);
    await playground.asOrdinaryUser(lookOnce);
    expect(importer.imports).toEqual([]);
    expect(outcomes).toEqual([{ outcome: 'left', path: 'a.csv', reason: 'EACCES: permission denied' }]);
  });

  test('a file whose report cannot be written is not moved', async () => {
    drop({ 'a.csv': 'A', 'done/a.csv.report.json/in-the-way': '' });
    await lookOnce();
    expect(outcomes).toMatchObject([{ outcome: 'left', path: 'a.csv' }]);
    expect(filesIn('drop')).toMatchObject({ '.importing/a.csv': 'A' });
  });

  test('a link is told of once and not followed', async () => {
    playground.plant('elsewhere', { 'batches.csv': 'secret' });
    drop({ 'a.csv': 'A' });
    symlinkSync(playground.at('elsewhere'), playground.at('drop/link'));
    const { stop } = start();
    await until(() => outcomes.length > 1);
    drop({ 'b.csv': 'B' });
    await until(() => outcomes.length > 2);
    await stop();
    expect(outcomes.map(({ outcome, path }) => [outcome, path])).toEqual([
      ['left', 'link'],
      ['done', 'done/a.csv'],
      ['done', 'done/b.csv'],
    ]);
    expect(importer.imports).toEqual(['A', 'B']);
  });

  test.each([
    ['a drop folder that is missing', { drop: 'missing' }],
    ['a file for a drop folder', { drop: 'drop/file' }],
    ['an archive in the drop folder', { archive: 'drop/archive' }],
    ['an archive around the drop folder', { archive: '.' }],
    ['the drop folder as archive', { archive: 'drop' }],
    ['a file for an archive', { archive: 'other' }],
    ['done as a link', { drop: 'linked' }],
  ])('watch does not begin with %s', async (_, folders: { drop?: string; archive?: string }) => {
    drop({ file: 'F' });
    playground.plant('', { other: 'O' });
    playground.plant('linked', { x: 'X' });
    symlinkSync(playground.at('drop'), playground.at('linked/done'));
    const places = Object.entries(folders).map(([name, path]) => [name, playground.at(path)]);
    await expect(watch({ ...settings(), ...Object.fromEntries(places), once: true })).rejects.toThrow(
      CouldNotRun,
    );
    expect(importer.imports).toEqual([]);
  });

  test('a drop folder that cannot be read ends the run', async () => {
    drop({ 'a.csv': 'A' });
    chmodSync(playground.at('drop'), 0o300);
    await playground.asOrdinaryUser(() => expect(lookOnce()).rejects.toThrow(CouldNotRun));
  });

  test('a drop folder that goes away may come back', async () => {
    drop({ 'a.csv': 'A' });
    const { stop } = start();
    await until(() => outcomes.length === 1);
    renameSync(playground.at('drop'), playground.at('away'));
    await until(() => outcomes.length === 2);
    renameSync(playground.at('away'), playground.at('drop'));
    drop({ 'b.csv': 'B' });
    await until(() => outcomes.length === 3);
    await stop();
    expect(outcomes[1]).toMatchObject({ outcome: 'left', path: '.' });
    expect(importer.imports).toEqual(['A', 'B']);
  });
});

test('watch that is told to stop finishes the file under way and begins no other', async () => {
  drop({ 'a.csv': 'A', 'b.csv': 'B' });
  const { stopping, ended } = start();
  importer.meanwhile = async () => {
    stopping.abort();
    // The import goes on for a while after that.
    await new Promise((resolve) => setTimeout(resolve, 20));
    writeFileSync(playground.at('imported'), '');
  };
  await ended;
  expect(existsSync(playground.at('imported'))).toBe(true);
  expect(filesIn('drop')).toEqual({ 'b.csv': 'B', 'done/a.csv': 'A', 'failed/': '' });
});

test('what a killed run left half written is removed at the next start', async () => {
  playground.plant('archive', { 'may/.sync-0f3a.tmp': 'hal' });
  drop({ 'done/.sync-0f3b.tmp': '{', 'failed/may/.sync-0f3c.tmp': '{', '.importing/a.csv': 'A' });
  await lookOnce();
  expect(filesIn('drop')).toEqual({ 'done/a.csv': 'A', 'failed/may/': '' });
  expect(filesIn('archive')).toEqual({ 'a.csv': 'A', 'may/': '' });
});
