import type { CommandBus } from '@nestjs/cqrs';
import { setTimeout as pause } from 'node:timers/promises';
import { Allocate, CreateBatch, DomainError, OrderLine } from '../allocation/contracts';
import { runWithCorrelation, currentCorrelation } from '../correlation';
import { BadRow, Fields } from '../csv/fields';
import { type CsvRow, readCsv } from '../csv/read-csv';
import { pauseBetween } from '../backoff';
import { Unavailable } from '../unavailable';

export type ImportKind = 'batches' | 'orders';

/** A row that was not taken, and why. */
export interface RefusedLine {
  readonly line: number;
  readonly reason: string;
}

/** Rows on their way at the same time: enough to fill the commits, few enough for the queue. */
const AT_ONCE = 1_000;
/** How long to go on with a service that is over its head, in milliseconds. */
const RETRY_MS = 60_000;

const columns = { batches: ['ref', 'sku', 'qty', 'eta'], orders: ['orderid', 'sku', 'qty'] } as const;

/**
 * Imports the rows of a CSV file by the same commands as HTTP. To import a file again changes nothing that
 * was done; it does what was left undone, and so an import that was interrupted is simply run again.
 * @param refused is told of each row that is not taken
 * @param progress is told the bytes read and the rows done so far
 * @param signal ends the import after the rows under way
 * @returns rows taken
 * @throws CsvFileError when the file cannot be read; Unavailable when the database stays away
 */
export async function importFile(
  commandBus: CommandBus,
  kind: ImportKind,
  path: string,
  refused: (row: RefusedLine) => void,
  progress: (bytes: number, rows: number) => void = () => {},
  signal?: AbortSignal,
): Promise<number> {
  let [bytes, rows, taken] = [0, 0, 0];
  let lot: CsvRow<string>[] = [];
  const carryOutLot = async () => {
    const results = await Promise.allSettled(lot.map((row) => carryOut(commandBus, kind, row, signal)));
    results.forEach((result, index) => {
      if (result.status === 'fulfilled') taken += 1;
      else if (isRefusal(result.reason)) refused({ line: lot[index].line, reason: result.reason.message });
      else throw result.reason;
    });
    rows += lot.length;
    lot = [];
    progress(bytes, rows);
  };
  return runWithCorrelation(currentCorrelation(), async () => {
    for await (const row of readCsv<string>(path, columns[kind], (read) => (bytes += read))) {
      lot.push(row);
      if (lot.length === AT_ONCE) await carryOutLot();
      if (signal?.aborted) return taken;
    }
    await carryOutLot();
    return taken;
  });
}

async function carryOut(
  commandBus: CommandBus,
  kind: ImportKind,
  { values }: CsvRow<string>,
  signal?: AbortSignal,
): Promise<void> {
  const command = kind === 'batches' ? batchOf(values) : lineOf(values);
  const end = Date.now() + RETRY_MS;
  for (;;) {
    try {
      await commandBus.execute<CreateBatch | Allocate>(command);
      return;
    } catch (error) {
      if (!(error instanceof Unavailable) || Date.now() > end || signal?.aborted) throw error;
      await pause(pauseBetween(1_500, 1_500, 1));
    }
  }
}

function batchOf(values: CsvRow<string>['values']): CreateBatch {
  const fields = new Fields(values);
  const command = new CreateBatch(
    fields.name('ref'),
    fields.name('sku'),
    fields.quantity('qty'),
    fields.optionalDay('eta'),
  );
  fields.check();
  return command;
}

function lineOf(values: CsvRow<string>['values']): Allocate {
  const fields = new Fields(values);
  const line = new OrderLine(fields.name('orderid'), fields.name('sku'), fields.quantity('qty'));
  fields.check();
  return new Allocate(line);
}

function isRefusal(reason: unknown): reason is Error {
  return reason instanceof BadRow || reason instanceof DomainError;
}
