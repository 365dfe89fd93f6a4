import type { Command, CommandBus } from '@nestjs/cqrs';
import { setTimeout as pause } from 'node:timers/promises';
import { DomainError, DuplicateMessage } from '../allocation/contracts';
import { runWithCorrelation, currentCorrelation } from '../correlation';
import { BadRow } from '../csv/fields';
import { type CsvRow, readCsv } from '../csv/read-csv';
import { pauseBetween } from '../backoff';
import { Unavailable } from '../unavailable';
import {
  adjustmentColumns,
  adjustmentOf,
  arrivalColumns,
  arrivalOf,
  batchColumns,
  batchOf,
  etaColumns,
  etaOf,
  lineOf,
  orderColumns,
  termColumns,
} from './rows';

/** A row that was not taken, and why. */
export interface RefusedLine {
  readonly line: number;
  readonly reason: string;
}

/** How many rows were taken. */
export interface Taken {
  readonly taken: number;
  /** Of these, how many had an id that was carried out before. */
  readonly repeated: number;
}

/** Rows on their way at the same time: enough to fill the commits, few enough for the queue. */
const AT_ONCE = 1_000;
/** How long to go on with a service that is over its head, in milliseconds. */
const RETRY_MS = 60_000;

/** A kind of file, and what its rows ask for. */
interface Kind {
  readonly columns: readonly string[];
  readonly optional?: readonly string[];
  commandOf(values: Readonly<Record<string, string>>): Command<unknown>;
  /** By what a row is recognised that comes again; left out: doing it again changes nothing. */
  idOf?(values: Readonly<Record<string, string>>): string;
}

/** What other files build on comes first. */
const kinds = {
  batches: { columns: batchColumns, commandOf: batchOf },
  etas: { columns: etaColumns, commandOf: etaOf },
  arrivals: { columns: arrivalColumns, optional: ['qty'], commandOf: arrivalOf },
  adjustments: {
    columns: adjustmentColumns,
    optional: ['note'],
    commandOf: adjustmentOf,
    idOf: ({ id }: { id: string }) => `adjustments/${id}`,
  },
  orders: { columns: orderColumns, optional: termColumns, commandOf: lineOf },
} as const satisfies Record<string, Kind>;

export type ImportKind = keyof typeof kinds;
export const importKinds = Object.keys(kinds) as ImportKind[];

/**
 * Imports the rows of a CSV file by the same commands as HTTP, those of one batch or SKU in their order. To import a file
 * again does what was left undone, and so an import that was interrupted is simply run again.
 * @param refused is told of each row that is not taken
 * @param progress is told the bytes read and the rows done so far
 * @param signal ends the import after the rows under way
 * @throws CsvFileError when the file cannot be read; Unavailable when the database stays away
 */
export async function importFile(
  commandBus: CommandBus,
  kind: ImportKind,
  path: string,
  refused: (row: RefusedLine) => void,
  progress: (bytes: number, rows: number) => void = () => {},
  signal?: AbortSignal,
): Promise<Taken> {
  const { columns, optional }: Kind = kinds[kind];
  let [bytes, rows, taken, repeated] = [0, 0, 0, 0];
  let group: CsvRow<string>[] = [];
  const carryOutGroup = async () => {
    const results = await Promise.allSettled(new RowGroup(commandBus, kinds[kind], signal).carryOut(group));
    results.forEach((result, index) => {
      if (result.status === 'fulfilled') taken += 1;
      else if (result.reason instanceof DuplicateMessage) [taken, repeated] = [taken + 1, repeated + 1];
      else if (isRefusal(result.reason)) refused({ line: group[index].line, reason: result.reason.message });
      else throw result.reason;
    });
    rows += group.length;
    group = [];
    progress(bytes, rows);
  };
  return runWithCorrelation(currentCorrelation(), async () => {
    for await (const row of readCsv<string, string>(path, columns, (read) => (bytes += read), optional)) {
      group.push(row);
      if (group.length === AT_ONCE) await carryOutGroup();
      if (signal?.aborted) return { taken, repeated };
    }
    await carryOutGroup();
    return { taken, repeated };
  });
}

/** Rows that are on their way at the same time. */
class RowGroup {
  /** What was asked last of each batch: who changes one has to find out its SKU first, and could be overtaken. */
  private readonly lastOfBatch = new Map<string, Promise<unknown>>();

  constructor(
    private readonly commandBus: CommandBus,
    private readonly kind: Kind,
    private readonly signal?: AbortSignal,
  ) {}

  carryOut(rows: readonly CsvRow<string>[]): Promise<void>[] {
    return rows.map(({ values }) => {
      const before = this.lastOfBatch.get(values.ref);
      const done = before ? before.then(() => this.one(values)) : this.one(values);
      if (values.ref)
        this.lastOfBatch.set(
          values.ref,
          done.catch(() => {}),
        );
      return done;
    });
  }

  private async one(values: CsvRow<string>['values']): Promise<void> {
    const command = this.kind.commandOf(values);
    const messageId = this.kind.idOf?.(values);
    const correlation =
      messageId === undefined ? currentCorrelation() : { ...currentCorrelation(), messageId };
    const end = Date.now() + RETRY_MS;
    for (;;) {
      try {
        await runWithCorrelation(correlation, () => this.commandBus.execute(command));
        return;
      } catch (error) {
        if (!(error instanceof Unavailable) || Date.now() > end || this.signal?.aborted) throw error;
        await pause(pauseBetween(1_500, 1_500, 1));
      }
    }
  }
}

function isRefusal(reason: unknown): reason is Error {
  return reason instanceof BadRow || reason instanceof DomainError;
}
