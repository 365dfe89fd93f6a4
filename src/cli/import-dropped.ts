import type { CommandBus } from '@nestjs/cqrs';
import { basename } from 'node:path';
import { CsvFileError, readCsvHeader } from '../csv/read-csv';
import type { Imported, Refused } from '../sync/contracts';
import { importFile, type ImportKind, importKinds } from './import-file';

/**
 * Imports a file that was dropped. What is wrong with it as a whole is refused like a row.
 * @param signal ends the import after the rows under way
 * @throws Error when that cannot be told yet: the database is away, or the import was ended
 */
export async function importDropped(
  commandBus: CommandBus,
  path: string,
  signal?: AbortSignal,
): Promise<Imported> {
  const refused: Refused[] = [];
  let rows = 0;
  try {
    const kind = await kindOf(path);
    if (!kind) return { imported: 0, refused: [neitherKind] };
    const { taken: imported, repeated } = await importFile(
      commandBus,
      kind,
      path,
      (row) => refused.push(row),
      (_, done) => (rows = done),
      signal,
    );
    if (signal?.aborted) throw new Error('told to stop; it will be imported again');
    return { imported, ...(repeated > 0 && { repeated }), refused };
  } catch (error) {
    if (!(error instanceof CsvFileError)) throw error;
    // The rows before it have been imported.
    return { imported: rows - refused.length, refused: [...refused, asRow(error, path)] };
  }
}

const names = importKinds.map((kind) => `"${kind}"`).join(', ');

const neitherKind: Refused = {
  line: 1,
  reason:
    `neither batches nor orders nor another kind: let the name begin with one of ${names}, ` +
    'or the first line be ref,sku,qty,eta or orderid,sku,qty or id,ref,delta,reason',
};

const nameOfKind = new RegExp(`^(${importKinds.join('|')})`, 'i');

/**
 * Tells what a file holds by its name, or else by its header.
 * @throws CsvFileError
 */
export async function kindOf(path: string): Promise<ImportKind | undefined> {
  const [name] = nameOfKind.exec(basename(path)) ?? [];
  if (name) return name.toLowerCase() as ImportKind;
  const columns = await readCsvHeader(path);
  if (columns.includes('orderid')) return 'orders';
  if (columns.includes('delta')) return 'adjustments';
  return columns.includes('ref') ? 'batches' : undefined;
}

/** Which of the files that are dropped at the same time come first: those on which others build. */
export async function rankOf(path: string): Promise<number> {
  const kind = await kindOf(path).catch(() => undefined); // Its import will say what is wrong.
  return kind === undefined ? importKinds.length : importKinds.indexOf(kind);
}

/** The message begins with where the file is now, which nobody wants to know. */
function asRow({ message }: CsvFileError, path: string): Refused {
  const [, line = '1', reason = message] =
    /^(?:, line (\d+))?: (.*)$/s.exec(message.slice(path.length)) ?? [];
  return { line: Number(line), reason };
}
