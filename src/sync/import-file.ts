/** What an import did with a file. */
export interface Imported {
  /** Rows that were taken. */
  readonly imported: number;
  /** Of these, how many had an id that was imported before, so that nothing came of them; left out when there are none. */
  readonly repeated?: number;
  /** Rows that were not. A file that is wrong as a whole is refused at its first line. */
  readonly refused: readonly Refused[];
}

export interface Refused {
  /** Counted from 1; the header is a line too. */
  readonly line: number;
  readonly reason: string;
}

/**
 * Imports one file. To import it again must change nothing.
 *
 * Rejects only when it cannot be told yet what is right and wrong in the file, as when the database is away: then the
 * file is tried again later.
 * @param path where the file is; its name is the one that it was dropped with
 */
export type ImportFile = (path: string) => Promise<Imported>;
