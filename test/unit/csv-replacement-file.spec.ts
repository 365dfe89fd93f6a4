import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { CsvOutput } from '../../src/csv/csv-output';
import { ReplacementFile } from '../../src/csv/replacement-file';
import { Playground } from '../support/playground';

let playground: Playground;
let path: string;
beforeEach(() => {
  playground = new Playground();
  path = playground.at('out.csv');
});
afterEach(() => playground.remove());

const content = () => readFileSync(path, 'utf8');
const names = () => readdirSync(playground.root);

function replace(text: string, beginning: 'empty' | 'old content' = 'empty'): void {
  const file = new ReplacementFile(path, beginning);
  file.write(text);
  file.replace();
}

describe('a replacement file', () => {
  test('changes nothing until it takes its place', () => {
    writeFileSync(path, 'old');
    const file = new ReplacementFile(path, 'empty');
    file.write('new'.repeat(100_000));
    expect(content()).toBe('old');
    file.replace();
    expect(content()).toBe('new'.repeat(100_000));
    expect(names()).toEqual(['out.csv']);
  });

  test('can be the first of its name', () => {
    replace('new');
    expect(content()).toBe('new');
  });

  test('can begin with what is there already', () => {
    replace('new', 'old content');
    replace('er', 'old content');
    expect(content()).toBe('newer');
  });

  test('leaves everything as it was when it is discarded, and once in its place no longer can be', () => {
    writeFileSync(path, 'old');
    const file = new ReplacementFile(path, 'empty');
    file.write('new');
    file.discard();
    expect(content()).toBe('old');
    expect(names()).toEqual(['out.csv']);

    const other = new ReplacementFile(path, 'empty');
    other.replace();
    other.discard();
    expect(content()).toBe('');
  });

  test('does not touch a file with the same content', () => {
    replace('same'.repeat(50_000));
    utimesSync(path, 1, 1);
    replace('same'.repeat(50_000));
    expect(statSync(path).mtimeMs).toBe(1000);
    expect(names()).toEqual(['out.csv']);
    replace('same'.repeat(49_999) + 'some');
    expect(content()).toMatch(/some$/);
  });

  test('keeps the permissions, and a link a link', () => {
    writeFileSync(path, 'old');
    chmodSync(path, 0o640);
    const real = path;
    path = playground.at('link.csv');
    symlinkSync('out.csv', path);
    replace('new');
    expect(readlinkSync(path)).toBe('out.csv');
    expect(readFileSync(real, 'utf8')).toBe('new');
    expect(statSync(real).mode & 0o777).toBe(0o640);
  });

  test('removes what a killed process has left, and of nobody else', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeFileSync(playground.at(`.out.csv.${pid}.tmp`), 'half');
    writeFileSync(playground.at(`.other.csv.${pid}.tmp`), 'half');
    replace('new');
    expect(names().sort()).toEqual([`.other.csv.${pid}.tmp`, 'out.csv']);
  });

  test('is refused while another process replaces the same file', () => {
    const theirs = `.out.csv.${process.ppid}.tmp`;
    writeFileSync(playground.at(theirs), 'half');
    expect(() => new ReplacementFile(path, 'empty')).toThrow(
      `${path}: process ${process.ppid} is writing it; wait for that (if there is none, delete ${playground.at(theirs)})`,
    );
    expect(names()).toEqual([theirs]);
  });

  test('is refused in the place of anything but a file', () => {
    path = playground.plant('folder', {});
    expect(() => new ReplacementFile(path, 'empty')).toThrow(`${path}: is not an ordinary file`);
  });

  test('says so when the folder cannot be written to', () => {
    path = playground.at('nowhere/out.csv');
    expect(() => new ReplacementFile(path, 'empty')).toThrow(
      `${path}: cannot be written (ENOENT: no such file or directory)`,
    );
  });
});

describe('CSV output', () => {
  const row = { a: 'x', b: 1 };
  const extend = async () => {
    const output = await CsvOutput.extending(path);
    output.add(row);
    output.replace();
  };

  test('begins with the names of the columns, and quotes what needs it', () => {
    const output = CsvOutput.anew(path, ['a', 'b']);
    for (const a of ['plain', 'with, comma', 'with "quotes"', 'with\nline', 'with\rreturn'])
      output.add({ ...row, a });
    output.replace();
    expect(content()).toBe(
      'a,b\nplain,1\n"with, comma",1\n"with ""quotes""",1\n"with\nline",1\n"with\rreturn",1\n',
    );
  });

  test('extends a file byte for byte, in its own order of columns and with its own line ends', async () => {
    const old = '\uFEFF"Note",B,a\r\n "kept as is" , 2,"y"\r\n\r\n';
    writeFileSync(path, old);
    await extend();
    expect(content()).toBe(`${old},1,x\r\n`);
  });

  test('ends the last line of the file that it extends, should that be missing', async () => {
    writeFileSync(path, 'a,b\ny,2');
    await extend();
    expect(content()).toBe('a,b\ny,2\nx,1\n');
  });

  test('is complete, whatever its length', () => {
    const output = CsvOutput.anew(path, ['a', 'b']);
    for (let b = 0; b < 12_345; b++) output.add({ a: 'x', b });
    output.replace();
    expect(content().split('\n')).toHaveLength(12_347);
    expect(content()).toMatch(/x,12344\n$/);
  });
});
