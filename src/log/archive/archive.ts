import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Statements } from '../../database/sql';
import { eventsAt, extentOfLog } from '../event-log';
import { type ArchiveFile, archiveFile, eventsOfFile, filesOfArchive } from './archive-file';

/** Events of a file: written in a second or two, a few megabytes. */
const EVENTS_OF_FILE = 100_000;
/** Events of one statement. */
const SLICE = 2_000;
/** Temporary files older than this, in milliseconds, were left by a killed process: to write one takes seconds. */
const LEFT_OVER_MS = 3_600_000;

/** The folder has events of another database, or of this one before it was set back: they must not be mixed. */
export class ForeignArchive extends Error {}

/**
 * A folder of files that have the events of the log one after the other, compressed. Each file is complete: it gets its
 * name once it is on the disk and was read back. Where an archive was interrupted it goes on.
 */
export class Archive {
  private constructor(
    private readonly sql: Statements,
    private readonly folder: string,
    /** The position of the last event that is archived; 0 when none is. */
    private last: number,
  ) {}

  /**
   * Opens the archive in a folder, which is made when it is not there.
   * @throws ForeignArchive when it is that of another log
   */
  static async open(sql: Statements, folder: string): Promise<Archive> {
    await mkdir(folder, { recursive: true });
    await removeLeftOvers(folder);
    const newest = (await filesOfArchive(folder)).reduce<ArchiveFile | undefined>(
      (newest, file) => (newest && newest.last > file.last ? newest : file),
      undefined,
    );
    if (newest) await checkOrigin(sql, newest);
    return new Archive(sql, folder, newest?.last ?? 0);
  }

  /**
   * Writes the next file, if there are events up to `upTo` that the archive does not have.
   * @param upTo a position that the log has reached
   * @returns the file, undefined when all are there; `missed` events before it were dropped without having been archived
   * @throws Error when it cannot be written, or was not written as it should be; then it is not there
   */
  async writeNext(
    upTo: number,
    most = EVENTS_OF_FILE,
  ): Promise<(ArchiveFile & { missed: number }) | undefined> {
    const { first: oldest } = await extentOfLog(this.sql);
    const first = Math.max(this.last + 1, oldest);
    if (first > upTo) return undefined;
    const file = archiveFile(this.folder, first, Math.min(first + most - 1, upTo));
    // The process id is part of the name: an instance that froze may go on while another one writes the same file.
    const temporary = `${file.path}.${process.pid}.tmp`;
    try {
      await write(linesOfLog(this.sql, file), temporary);
      await checkComplete(temporary, file);
      await rename(temporary, file.path);
    } finally {
      await rm(temporary, { force: true });
    }
    // Windows cannot do that with a folder, and need not.
    if (process.platform !== 'win32') await sync(this.folder, 'r');
    const missed = first - 1 - this.last;
    this.last = file.last;
    return { ...file, missed };
  }
}

async function removeLeftOvers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/^events-.*\.\d+\.tmp$/.test(name)) continue;
    const path = join(folder, name);
    // Another instance may be faster.
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (mtimeMs < Date.now() - LEFT_OVER_MS) await rm(path, { force: true });
  }
}

/** @throws ForeignArchive unless the log has the last event of the file at its position, or has dropped that */
async function checkOrigin(sql: Statements, { path, last }: ArchiveFile): Promise<void> {
  let id = '';
  for await (const event of eventsOfFile(path)) id = event.id;
  const log = await extentOfLog(sql);
  const [there] = await eventsAt(sql, [last]);
  if (there ? there.id !== id : last > log.last)
    throw new ForeignArchive(
      `${path} has events of another database, or of this one before it was restored; choose another folder`,
    );
}

/** The events of the file as the log has them, made into text by PostgreSQL, so that the service has time for others. */
async function* linesOfLog(sql: Statements, { first, last }: ArchiveFile): AsyncGenerator<string> {
  for (let next = first; next <= last; next += SLICE) {
    const end = Math.min(next + SLICE - 1, last);
    const [{ text }] = await sql.rows<{ text: string | null }>(
      `SELECT string_agg(to_json(event)::text || E'\\n', '' ORDER BY position) AS text
       FROM (
         SELECT position, id, type, schema_version AS "schemaVersion", sku, sequence,
           to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "occurredAt",
           correlation_id AS "correlationId", causation_id AS "causationId", traceparent, key_id AS "keyId", data
         FROM log WHERE position BETWEEN $1 AND $2 ORDER BY position
       ) event`,
      [next, end],
    );
    yield text ?? '';
  }
}

async function write(lines: AsyncGenerator<string>, path: string): Promise<void> {
  await pipeline(Readable.from(lines), createGzip(), createWriteStream(path));
  await sync(path, 'r+');
}

async function checkComplete(path: string, { first, last }: ArchiveFile): Promise<void> {
  let next = first;
  for await (const { position } of eventsOfFile(path)) {
    if (position !== next) break;
    next += 1;
  }
  if (next !== last + 1)
    throw new Error(`${path} lacks the event at position ${next}; it was dropped, or the disk is damaged`);
}

/** Has what was written to a file on the disk, or the names in a folder. */
async function sync(path: string, flags: 'r' | 'r+'): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
