import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { stringify } from 'csv-stringify/sync';
import { readCsvHeader } from './read-csv';
import { ReplacementFile } from './replacement-file';

type Row<Column extends string> = Readonly<Record<Column, string | number>>;

const ROWS_AT_ONCE = 100;

/** Writes rows to a CSV file, which is replaced as a whole at the end or stays as it was. */
export class CsvOutput<Column extends string> {
  private rows: (string | number)[][] = [];

  private constructor(
    private readonly file: ReplacementFile,
    private readonly header: readonly string[],
    private readonly lineEnd: string,
  ) {}

  /** A new file, whatever the old one holds. @throws Error when it cannot be written */
  static anew<Column extends string>(path: string, columns: readonly Column[]): CsvOutput<Column> {
    const output = new CsvOutput<Column>(new ReplacementFile(path, 'empty'), columns, '\n');
    output.rows.push([...columns]);
    return output;
  }

  /**
   * The old file, byte for byte, with new rows after its last one: in its own order of columns, with its
   * own line ends, empty where it has columns of somebody else's.
   * @throws CsvFileError when it cannot be read; Error when it cannot be written
   */
  static async extending<Column extends string>(path: string): Promise<CsvOutput<Column>> {
    const header = await readCsvHeader(path);
    const { lineEnd, isComplete } = lineEndsOf(path);
    const file = new ReplacementFile(path, 'old content');
    if (!isComplete) file.write(lineEnd);
    return new CsvOutput(file, header, lineEnd);
  }

  add(row: Row<Column>): void {
    this.rows.push(this.header.map((column) => row[column as Column] ?? ''));
    if (this.rows.length === ROWS_AT_ONCE) this.flush();
  }

  /** Makes the new file safe on the disk; no more rows can be added. */
  complete(): void {
    this.flush();
    this.file.complete();
  }

  replace(): void {
    this.complete();
    this.file.replace();
  }

  discard(): void {
    this.file.discard();
  }

  private flush(): void {
    // Any line end has to be quoted, not only the one that ends rows here.
    this.file.write(stringify(this.rows, { record_delimiter: this.lineEnd, quoted_match: /[\r\n]/ }));
    this.rows = [];
  }
}

/** How the lines of a file end, by its first ones, and whether the last one does. */
function lineEndsOf(path: string): { lineEnd: string; isComplete: boolean } {
  const file = openSync(path, 'r');
  try {
    const beginning = Buffer.alloc(4096);
    readSync(file, beginning, 0, beginning.length, 0);
    const end = Buffer.alloc(1);
    readSync(file, end, 0, 1, fstatSync(file).size - 1);
    return { lineEnd: beginning.includes('\r\n') ? '\r\n' : '\n', isComplete: end.toString() === '\n' };
  } finally {
    closeSync(file);
  }
}
