import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** An event as the archive has it: a line of JSON. */
export interface ArchivedEvent {
  readonly position: number;
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly sku: string;
  readonly sequence: number;
  /** ISO 8601, with microseconds. */
  readonly occurredAt: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly traceparent: string | null;
  /** By which key it was caused; absent in what was archived before this was known. */
  readonly keyId?: string | null;
  readonly data: Record<string, unknown>;
}

/** A file of an archive, and the positions of the first and the last event in it. */
export interface ArchiveFile {
  readonly path: string;
  readonly first: number;
  readonly last: number;
}

/** Digits that a position is padded to, so that names sort as positions do. */
const DIGITS = 15;

/** The file for these events. */
export function archiveFile(folder: string, first: number, last: number): ArchiveFile {
  const [from, to] = [first, last].map((position) => String(position).padStart(DIGITS, '0'));
  return { path: join(folder, `events-${from}-${to}.ndjson.gz`), first, last };
}

/** The files of the archive in a folder, the oldest events first. What else is in the folder does not matter. */
export async function filesOfArchive(folder: string): Promise<ArchiveFile[]> {
  const names = await readdir(folder);
  return names.toSorted().flatMap((name) => {
    const [, first, last] = /^events-(\d{15,})-(\d{15,})\.ndjson\.gz$/.exec(name) ?? [];
    return first === undefined ? [] : { path: join(folder, name), first: Number(first), last: Number(last) };
  });
}

/**
 * Reads a file of an archive from its beginning, in constant memory.
 * @throws Error when the file is damaged or cut off
 */
export async function* eventsOfFile(path: string): AsyncGenerator<ArchivedEvent> {
  try {
    const text = createGunzip();
    // What goes wrong is thrown by whoever reads the text.
    pipeline(createReadStream(path), text.setEncoding('utf8'), () => {});
    let rest = '';
    for await (const chunk of text as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      for (const line of lines) yield JSON.parse(line) as ArchivedEvent;
    }
    if (rest !== '') throw new Error('it ends within a line');
  } catch (error) {
    throw new Error(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
