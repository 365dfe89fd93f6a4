import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandBus } from '@nestjs/cqrs';
import {
  allocationColumns,
  type OutcomeFiles,
  reservedColumns,
  waitingColumns,
} from '../allocation/adapters/csv/outcome-files';
import type { CsvProductRepository } from '../allocation/adapters/csv/csv-product-repository';
import { Allocate, DomainError, lineKey, OrderLine } from '../allocation/contracts';
import { BadRow, Fields } from '../csv/fields';
import { type CsvRow, readCsv } from '../csv/read-csv';
import { batchColumns, batchOf, lineOf, orderColumns, termColumns } from './rows';

/** A row that was not used, and why. */
export interface RefusedRow {
  readonly file: string;
  /** Where the row begins: the first line of the file is 1. */
  readonly line: number;
  readonly reason: string;
}

export interface RowListener {
  refused(row: RefusedRow): void;
  /**
   * @param fraction of all files that was read, from 0 to 1
   * @param orderLines that were dealt with
   */
  progress(fraction: number, orderLines: number): void;
}

type LineColumn = (typeof orderColumns)[number];
type TermColumn = (typeof termColumns)[number];
type AllocationColumn = (typeof allocationColumns)[number];
type ReservedColumn = (typeof reservedColumns)[number];
type WaitingColumn = (typeof waitingColumns)[number];

const ROWS_BETWEEN_PROGRESS = 1000;

/**
 * One way through the files of a folder. Files take the place of HTTP and the database, and nothing else
 * differs: rows become commands, for the same handlers (the book's appendix on swapping out the
 * infrastructure).
 */
export class FolderRun {
  orderLines = 0;
  /** Rows of orders.csv that were not refused, and of which nothing came. */
  unchanged = 0;
  /** Rows of all files that were refused. */
  refused = 0;
  /** Lines of earlier runs that cannot be counted: by order and SKU, in which line of which file. */
  private readonly uncounted = new Map<string, string>();
  /** Lines that waited, and have been asked for once more. */
  private readonly askedAgain = new Set<string>();
  private rows = 0;
  private bytesRead = 0;
  private readonly bytes: number;

  /** @param now when the run is: it takes no time, so that nothing expires within it */
  constructor(
    private readonly folder: string,
    private readonly products: CsvProductRepository,
    private readonly files: OutcomeFiles,
    private readonly commandBus: CommandBus,
    private readonly listener: RowListener,
    private readonly now: Date,
  ) {
    this.bytes = ['batches.csv', 'allocations.csv', 'reserved.csv', 'waiting.csv', 'orders.csv']
      .map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0)
      .reduce((sum, size) => sum + size);
  }

  /** @throws CsvFileError when a file cannot be read; Error when the outcome cannot be written */
  async everything(): Promise<void> {
    await this.each('batches.csv', batchColumns, (row) => this.commandBus.execute(batchOf(row.values)));
    await this.eachIfThere('allocations.csv', allocationColumns, (row) => this.count(row));
    await this.eachIfThere('reserved.csv', reservedColumns, (row) => this.countReserved(row));
    await this.serveWaiting();
    await this.each('orders.csv', orderColumns, (row) => this.allocate(row), termColumns);
  }

  private async eachIfThere<Column extends string>(
    file: string,
    columns: readonly Column[],
    use: (row: CsvRow<Column>) => Promise<void>,
  ): Promise<void> {
    if (existsSync(join(this.folder, file))) await this.each(file, columns, use);
  }

  private async each<Column extends string, Optional extends string = never>(
    file: string,
    columns: readonly Column[],
    use: (row: CsvRow<Column, Optional>) => Promise<unknown>,
    optional?: readonly Optional[],
  ): Promise<void> {
    const onRead = (bytes: number) => (this.bytesRead += bytes);
    for await (const row of readCsv(join(this.folder, file), columns, onRead, optional)) {
      await this.orRefuse(file, row.line, () => use(row));
      this.rows += 1;
      if (this.rows % ROWS_BETWEEN_PROGRESS === 0) {
        this.listener.progress(this.bytesRead / this.bytes, this.orderLines);
      }
    }
  }

  private async orRefuse(file: string, line: number, use: () => Promise<unknown>): Promise<void> {
    try {
      await use();
    } catch (error) {
      if (!(error instanceof BadRow || error instanceof DomainError)) throw error;
      this.refused += 1;
      this.listener.refused({ file, line, reason: error.message });
    }
  }

  /** Counts a line that was allocated in an earlier run. */
  private async count({ values, line: number }: CsvRow<AllocationColumn>): Promise<void> {
    const fields = new Fields(values);
    const line = new OrderLine(fields.text('orderid'), fields.text('sku'), fields.quantity('qty'));
    const batchRef = fields.text('batchref');
    let missing: number;
    try {
      fields.check();
      missing = this.products.restore(line, batchRef);
    } catch (error) {
      this.uncounted.set(lineKey(line), `line ${number} of allocations.csv`);
      throw error;
    }
    if (missing > 0) throw tooSmall(batchRef, missing);
  }

  /** Counts a line that was reserved in an earlier run, unless its reservation has run out since (rule 12). */
  private async countReserved({ values, line: number }: CsvRow<ReservedColumn>): Promise<void> {
    const fields = new Fields(values);
    const line = new OrderLine(fields.text('orderid'), fields.text('sku'), fields.quantity('qty'));
    const [batchRef, expiresAt] = [fields.text('batchref'), fields.instant('expiresat')];
    let missing: number;
    try {
      fields.check();
      if (expiresAt <= this.now.toISOString()) return;
      // Confirmed by a run that was interrupted before it could take the line away here.
      if (this.products.isKnown(line) && !this.products.isReserved(line)) return;
      missing = this.products.restore(line, batchRef, expiresAt);
    } catch (error) {
      this.uncounted.set(lineKey(line), `line ${number} of reserved.csv`);
      this.files.reservedLines.keepRow(number, values);
      throw error;
    }
    this.files.reservedLines.put(line, { ...values, expiresat: expiresAt });
    if (missing > 0) throw tooSmall(batchRef, missing);
  }

  /**
   * Asks for the lines that wait before anybody else does, the highest priority first, then the oldest (rule 13): that
   * is their order in the file.
   */
  private async serveWaiting(): Promise<void> {
    const waiting: { number: number; values: CsvRow<WaitingColumn>['values']; command: Allocate }[] = [];
    await this.eachIfThere('waiting.csv', waitingColumns, async ({ line: number, values }) => {
      try {
        const command = lineOf({ ...values, wait: 'true' });
        this.files.waitingLines.keepPlace(command.line);
        waiting.push({ number, values, command });
      } catch (error) {
        this.files.waitingLines.keepRow(number, values);
        throw error;
      }
    });
    waiting.sort((a, b) => (b.command.terms.priority ?? 0) - (a.command.terms.priority ?? 0));
    for (const { number, values, command } of waiting) {
      if (this.products.isKnown(command.line)) continue;
      await this.orRefuse('waiting.csv', number, async () => {
        // Until it turns out that the line does not wait any more.
        this.files.waitingLines.put(command.line, values);
        this.refuseUncounted(command.line);
        await this.commandBus.execute(command);
        this.askedAgain.add(lineKey(command.line));
      });
    }
  }

  private async allocate({ values }: CsvRow<LineColumn, TermColumn>): Promise<void> {
    this.orderLines += 1;
    const command = lineOf(values);
    const { line, terms } = command;
    const before = this.files.changes;
    const missing = this.files.missingOf(line);
    if (missing === undefined || this.products.isKnown(line)) {
      this.refuseUncounted(line);
      // Asked for by every run, it would be reserved for longer by every run.
      const stays = terms.reserveFor !== undefined && this.products.isReserved(line);
      if (!stays) await this.commandBus.execute(command);
    } else if (missing !== line.qty) {
      throw new BadRow(`order ${line.orderId} asks for ${missing} of ${line.sku} in a line before this one`);
    }
    if (this.files.changes === before && !this.askedAgain.delete(lineKey(line))) this.unchanged += 1;
  }

  /** Such a line may be promised from somewhere already, so it must not be promised once more. */
  private refuseUncounted(line: OrderLine): void {
    const place = this.uncounted.get(lineKey(line));
    if (place === undefined || this.products.isKnown(line)) return;
    throw new BadRow(`${place} has this order line; correct or delete that row first`);
  }
}

/** A batch has become too small for what lines have of it. They count all the same. */
function tooSmall(batchRef: string, missing: number): BadRow {
  return new BadRow(`batch ${batchRef} holds ${missing} too few for all lines allocated of it`);
}
