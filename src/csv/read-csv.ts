import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream';
import { CsvError, type Parser, parse } from 'csv-parse';
import { misspellings } from '../syntax';

/** A file that cannot be read as CSV at all. The message names it, and the line where there is one. */
export class CsvFileError extends Error {}

/**
 * One row, by the columns that were asked for. Surrounding spaces are gone; what is missing is empty. Of an optional
 * column that the file does not have there is no value.
 */
export interface CsvRow<Column extends string, Optional extends string = never> {
  /** Where it begins: the first line of the file is 1. */
  readonly line: number;
  readonly values: Readonly<Record<Column, string> & Partial<Record<Optional, string>>>;
}

/** More than this is hardly a row: it is a quote that nobody closed. */
const LONGEST_ROW = 1024 * 1024;

/**
 * Reads a CSV file (RFC 4180) row by row, in constant memory, and takes it as it comes: with a byte order
 * mark or without, any line ends, columns in any order and more of them than needed, empty lines, quotes
 * within unquoted fields.
 * @param columns names in lower case; in the file, case, spaces, `-` and `_` do not matter
 * @param onRead is told the size of each piece that was read, in bytes
 * @param optional columns that the file may have, likewise; one that looks like one of them misspelt is refused
 * @throws CsvFileError when the file is missing, unreadable, not UTF-8, lacks a column or a closing quote
 */
export async function* readCsv<Column extends string, Optional extends string = never>(
  path: string,
  columns: readonly Column[],
  onRead?: (bytes: number) => void,
  optional: readonly Optional[] = [],
): AsyncGenerator<CsvRow<Column, Optional>> {
  let places: [Column | Optional, number][] | undefined;
  let line = 1;
  try {
    for await (const record of startParser(path, onRead) as AsyncIterable<string[]>) {
      if (places === undefined) places = find(columns, optional, record, path);
      else if (record.some((value) => value.trim() !== '')) yield { line, values: pick(places, record) };
      line += linesOf(record);
    }
  } catch (error) {
    throw await explained(error, path);
  }
  if (places === undefined) {
    throw new CsvFileError(`${path}: is empty; its first line must name the columns ${columns.join(',')}`);
  }
}

/**
 * Reads the first row alone.
 * @returns the names of the columns in their order, in lower case and without spaces, `-` and `_`; none
 *   when the file is empty
 * @throws CsvFileError
 */
export async function readCsvHeader(path: string): Promise<string[]> {
  try {
    for await (const record of startParser(path) as AsyncIterable<string[]>) return record.map(plainName);
    return [];
  } catch (error) {
    throw await explained(error, path);
  }
}

function startParser(path: string, onRead?: (bytes: number) => void, to = -1): Parser {
  const decoder = new TextDecoder('utf-8', { fatal: true }); // which takes a byte order mark away
  return pipeline(
    createReadStream(path, { highWaterMark: 16 * 1024 }),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        onRead?.(chunk.length);
        yield decoder.decode(chunk, { stream: true });
      }
      yield decoder.decode();
    },
    parse({
      record_delimiter: ['\n', '\r\n'],
      relax_column_count: true,
      relax_quotes: true,
      max_record_size: LONGEST_ROW,
      to,
    }),
    () => {}, // Errors come out of the parser too.
  );
}

/** How many lines of the file a record takes. The parser's own count is wrong after a quoted CRLF. */
function linesOf(record: readonly string[]): number {
  let lines = 1;
  for (const value of record) if (value.includes('\n')) lines += value.split('\n').length - 1;
  return lines;
}

function find<Column extends string, Optional extends string>(
  columns: readonly Column[],
  optional: readonly Optional[],
  header: readonly string[],
  path: string,
): [Column | Optional, number][] {
  const names = header.map(plainName);
  const possible = optional.length === 0 ? '' : ` and may name ${optional.join(',')}`;
  const problem = (text: string) =>
    new CsvFileError(
      `${path}, line 1: ${text}; the first line must name the columns ${columns.join(',')}${possible}`,
    );
  // Taken as left out, it would change what every row asks for.
  const known = [...columns, ...optional];
  const [misspelt] = misspellings(names, known).filter(({ meant }) => !names.includes(meant));
  if (misspelt && optional.includes(misspelt.meant as Optional))
    throw problem(`has the unknown column ${misspelt.field} (did you mean ${misspelt.meant}?)`);
  return known.flatMap((column) => {
    const place = names.indexOf(column);
    if (place < 0 && optional.includes(column as Optional)) return [];
    if (place < 0) throw problem(`has no column ${column}${hint(column, names)}`);
    if (names.includes(column, place + 1)) throw problem(`has the column ${column} twice`);
    return [[column, place]];
  });
}

/** A misspelt column is told, for among many it is hard to see. */
function hint(column: string, names: readonly string[]): string {
  const [misspelt] = misspellings(names, [column]);
  return misspelt ? ` (did you mean ${column} by ${misspelt.field}?)` : '';
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, '');
}

function pick<Column extends string, Optional extends string>(
  places: readonly [Column | Optional, number][],
  record: readonly string[],
): CsvRow<Column, Optional>['values'] {
  const values = {} as Record<Column | Optional, string>;
  for (const [column, place] of places) values[column] = record[place]?.trim() ?? '';
  return values as CsvRow<Column, Optional>['values'];
}

async function explained(error: unknown, path: string): Promise<unknown> {
  if (error instanceof CsvError) {
    const line = await lineAfter(path, error.records as number);
    return new CsvFileError(
      `${path}, line ${line}: a quoted field of the row that begins here is never closed`,
    );
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    const line = await firstLineThatIsNotUtf8(path);
    return new CsvFileError(
      `${path}, line ${line}: is not UTF-8, but perhaps Latin-1 (Windows-1252); save the file as UTF-8`,
    );
  }
  if (code === 'ENOENT') return new CsvFileError(`${path}: there is no such file`);
  if (code?.startsWith('E')) return new CsvFileError(`${path}: cannot be read (${message.split(',')[0]})`);
  return error;
}

/** The line on which the next record begins. */
async function lineAfter(path: string, count: number): Promise<number> {
  let line = 1;
  if (count > 0)
    for await (const record of startParser(path, undefined, count)) line += linesOf(record as string[]);
  return line;
}

async function firstLineThatIsNotUtf8(path: string): Promise<number> {
  let number = 0;
  for await (const line of createInterface({
    input: createReadStream(path, 'latin1'),
    crlfDelay: Infinity,
  })) {
    number += 1;
    if (!isUtf8(Buffer.from(line, 'latin1'))) break;
  }
  return number;
}
