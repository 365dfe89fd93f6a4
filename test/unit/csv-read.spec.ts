import { stringify } from 'csv-stringify/sync';
import { array, assert, asyncProperty, constantFrom, integer, string } from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CsvFileError, type CsvRow, readCsv, readCsvHeader } from '../../src/csv/read-csv';

const columns = ['orderid', 'sku', 'qty'] as const;
const PIECE = 16 * 1024; // Files are read in pieces of this size.
type Row = CsvRow<(typeof columns)[number]>;

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stock-allocation-csv-'));
  path = join(folder, 'orders.csv');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function read(content?: string | Buffer): Promise<Row[]> {
  if (content !== undefined) writeFileSync(path, content);
  const rows: Row[] = [];
  for await (const row of readCsv(path, columns)) rows.push(row);
  return rows;
}
const values = (rows: readonly Row[]) => rows.map(({ values: { orderid, sku, qty } }) => [orderid, sku, qty]);
const lines = (rows: readonly Row[]) => rows.map(({ line }) => line);

describe('readCsv takes a file as it comes', () => {
  test.each([
    ['plain', 'orderid,sku,qty\no1,LAMP,5\no2,RUG,1\n'],
    ['without a last line end', 'orderid,sku,qty\no1,LAMP,5\no2,RUG,1'],
    ['with a byte order mark', '\uFEFForderid,sku,qty\no1,LAMP,5\no2,RUG,1\n'],
    ['with a byte order mark before a quote', '\uFEFF"orderid",sku,qty\no1,LAMP,5\no2,RUG,1\n'],
    ['with CRLF', 'orderid,sku,qty\r\no1,LAMP,5\r\no2,RUG,1\r\n'],
    ['with both line ends', 'orderid,sku,qty\r\no1,LAMP,5\no2,RUG,1\r\n'],
    ['quoted', '"orderid","sku","qty"\n"o1","LAMP","5"\n"o2","RUG","1"\n'],
    ['with other columns in another order', 'note,qty,sku,orderid\nx,5,LAMP,o1\n,1,RUG,o2\n'],
    ['with other names for the same columns', ' Order ID,SKU , Qty\no1,LAMP,5\no2,RUG,1\n'],
    ['with underscores and hyphens in names', 'order_id,Sku,QTY\no1,LAMP,5\no2,RUG,1\n'],
    ['with spaces around values', 'orderid,sku,qty\no1, LAMP, 5\n o2 ,RUG ,1\n'],
    ['with more values than columns', 'orderid,sku,qty\no1,LAMP,5,what,is,this\no2,RUG,1\n'],
    [
      'with empty lines, and rows of nothing but commas',
      '\norderid,sku,qty\n\no1,LAMP,5\n , ,\n\no2,RUG,1\n,,\n\n'.slice(1),
    ],
  ])('%s', async (_, content) => {
    expect(values(await read(content))).toEqual([
      ['o1', 'LAMP', '5'],
      ['o2', 'RUG', '1'],
    ]);
  });

  test('with commas, quotes and line ends in quoted values', async () => {
    const rows = await read('orderid,sku,qty\n"o,1","12"" LAMP","5"\n"o\n2","RU\r\nG",1\n');
    expect(values(rows)).toEqual([
      ['o,1', '12" LAMP', '5'],
      ['o\n2', 'RU\r\nG', '1'],
    ]);
  });

  test('with quotes in values that are not quoted', async () => {
    expect(values(await read('orderid,sku,qty\no1,12" LAMP,5\no2,"A"B,1\n'))).toEqual([
      ['o1', '12" LAMP', '5'],
      ['o2', '"A"B', '1'],
    ]);
  });

  test('with rows that are too short: what is missing is empty', async () => {
    expect(values(await read('orderid,sku,qty\no1,LAMP\no2\n'))).toEqual([
      ['o1', 'LAMP', ''],
      ['o2', '', ''],
    ]);
  });

  test('without rows', async () => {
    expect(await read('orderid,sku,qty')).toEqual([]);
  });

  test('with the line in which each row begins', async () => {
    const content =
      'orderid,"s\r\nku",qty\r\no1,"L\nA\r\nMP",1\r\n\r\no2,RUG,1,"two\nmore"\no3,RUG,1\n,,\no4,RUG,1';
    expect(lines(await read(content.replace('"s\r\nku"', '"sku\r\n"')))).toEqual([3, 7, 9, 11]);
  });

  test('whatever it holds and wherever the pieces that are read end', async () => {
    const text = string({ unit: constantFrom('a', '"', ',', '\n', '\r', ' ', 'é', '€', '😀', '\0') });
    // So that the first piece ends somewhere in what follows.
    const length = integer({ min: PIECE - 100, max: PIECE });
    await assert(
      asyncProperty(
        array(array(text, { minLength: 3, maxLength: 3 }), { maxLength: 20 }),
        length,
        async (rows, x) => {
          const padding = ['x'.repeat(x), 'y', 'z'];
          const all = [padding, ...rows, padding, ...rows];
          writeFileSync(path, stringify([[...columns], ...all], { quoted: true, record_delimiter: '\r\n' }));
          const trimmed = all.map((row) => row.map((value) => value.trim()));
          expect(values(await read())).toEqual(trimmed.filter((row) => row.some((value) => value !== '')));
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('readCsv refuses a file', () => {
  const refused = (content: string | Buffer | undefined, message: string) =>
    expect(read(content)).rejects.toThrow(new CsvFileError(`${path}${message}`));

  test('that is Latin-1, and names the line', async () => {
    const latin1 = Buffer.from(`orderid,sku,qty\n${'o1,LAMP,5\n'.repeat(5000)}o2,CAFÉ-TABLE,1\n`, 'latin1');
    await refused(
      latin1,
      ', line 5002: is not UTF-8, but perhaps Latin-1 (Windows-1252); save the file as UTF-8',
    );
  });

  test('that ends within a character', async () => {
    const cut = Buffer.from('orderid,sku,qty\no1,CAFÉ', 'utf8').subarray(0, -1);
    await refused(cut, ', line 2: is not UTF-8, but perhaps Latin-1 (Windows-1252); save the file as UTF-8');
  });

  test('that is UTF-16', async () => {
    await expect(read(Buffer.from('\uFEFForderid,sku,qty\no1,LAMP,5\n', 'utf16le'))).rejects.toThrow(
      'is not UTF-8',
    );
  });

  test.each([
    ['at its beginning', '"orderid,sku,qty\no1,LAMP,5\n', 1],
    [
      'in a row',
      `orderid,sku,qty\r\n"o\r\n1",LAMP,5\r\n${'o,RUG,1\r\n'.repeat(3000)}o2,"RUG,1\r\no3,RUG,1\r\n`,
      3004,
    ],
  ])('with a quote that is never closed, %s', async (_, content, line) => {
    await refused(content, `, line ${line}: a quoted field of the row that begins here is never closed`);
  });

  test('with a quote that is never closed, without reading all of a large file', async () => {
    const content = `orderid,sku,qty\no1,"LAMP,5\n${'o,RUG,1\n'.repeat(1_000_000)}`;
    writeFileSync(path, content);
    let bytesRead = 0;
    const rows = readCsv(path, columns, (bytes) => (bytesRead += bytes));
    await expect(rows.next()).rejects.toThrow('is never closed');
    expect(bytesRead).toBeLessThan(content.length / 2);
  });

  test('without one of the columns', async () => {
    await refused(
      'orderid;sku;qty\no1;LAMP;5\n',
      ', line 1: has no column orderid; the first line must name the columns orderid,sku,qty',
    );
  });

  test('with a misspelt column, and says which', async () => {
    await refused(
      'orderids,sku,qty\n',
      ', line 1: has no column orderid (did you mean orderid by orderids?); ' +
        'the first line must name the columns orderid,sku,qty',
    );
  });

  test('with one of the columns twice', async () => {
    await refused(
      'orderid,sku,qty,SKU\n',
      ', line 1: has the column sku twice; the first line must name the columns orderid,sku,qty',
    );
  });

  test('that is empty', async () => {
    await refused('', ': is empty; its first line must name the columns orderid,sku,qty');
    await refused('\uFEFF', ': is empty; its first line must name the columns orderid,sku,qty');
  });

  test('that is not there, or is a folder', async () => {
    await refused(undefined, ': there is no such file');
    path = folder;
    await refused(undefined, ': cannot be read (EISDIR: illegal operation on a directory)');
  });
});

describe('a column that a file may have', () => {
  const readWithTerms = async (content: string) => {
    writeFileSync(path, content);
    const rows: object[] = [];
    for await (const row of readCsv(path, ['sku'], undefined, ['wait', 'reserve'])) rows.push(row.values);
    return rows;
  };

  test('is read where it is there, whatever the others are', async () => {
    expect(await readWithTerms('colour,WAIT,sku\nred,true,LAMP\n')).toEqual([{ sku: 'LAMP', wait: 'true' }]);
    expect(await readWithTerms('sku\nLAMP\n')).toEqual([{ sku: 'LAMP' }]);
  });

  test('is not taken for left out when it is misspelt or there twice', async () => {
    await expect(readWithTerms('sku,reserv\nLAMP,5\n')).rejects.toThrow(
      `${path}, line 1: has the unknown column reserv (did you mean reserve?); the first line must name the columns sku and may name wait,reserve`,
    );
    await expect(readWithTerms('sku,wait,wait\nLAMP,true,\n')).rejects.toThrow('has the column wait twice');
  });
});

test('readCsvHeader gives the names of the columns in plain form', async () => {
  writeFileSync(path, '\uFEFFNote,"Order ID",SKU,qty\r\n1,2,3,4\r\n');
  expect(await readCsvHeader(path)).toEqual(['note', 'orderid', 'sku', 'qty']);
});
