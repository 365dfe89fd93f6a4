import { existsSync } from 'node:fs';
import { CsvOutput } from '../../../csv/csv-output';
import { type LineKey, lineKey } from '../../domain/order-line';

type Row<Column extends string> = Readonly<Record<Column, string | number>>;

/** The lines in one state, which are written to a file of their own as a whole; no file is made where there are none. */
export class KeptLines<Column extends string> {
  /**
   * By SKU and order; a row that cannot be used, by its number in the file. Null: nothing is written for the line, but
   * its place is kept.
   */
  private readonly rows = new Map<string, Row<Column> | null>();
  private file?: CsvOutput<Column>;

  constructor(
    readonly path: string,
    private readonly columns: readonly Column[],
  ) {}

  /** The line is like this now; it keeps its place. */
  put(line: LineKey, row: Row<Column>): void {
    this.rows.set(lineKey(line), row);
  }

  /** Keeps the place that the line had in the file, for when it is put there again. */
  keepPlace(line: LineKey): void {
    this.rows.set(lineKey(line), null);
  }

  /** A row that cannot be used stays as it is, so that somebody can correct it. */
  keepRow(number: number, row: Row<Column>): void {
    this.rows.set(String(number), row);
  }

  remove(line: LineKey): void {
    if (this.rows.size > 0) this.rows.delete(lineKey(line));
  }

  /** Makes the file safe on the disk. */
  complete(): void {
    const rows = [...this.rows.values()].filter((row) => row !== null);
    if (rows.length === 0 && !existsSync(this.path)) return;
    this.file = CsvOutput.anew(this.path, this.columns);
    for (const row of rows) this.file.add(row);
    this.file.complete();
  }

  replace(): void {
    this.file?.replace();
  }

  /** Leaves the file as it was. */
  discard(): void {
    this.file?.discard();
  }
}
