import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandBus } from '@nestjs/cqrs';
import { allocationColumns, lineColumns, type OutcomeFiles } from '../allocation/adapters/csv/outcome-files';
import type { CsvProductRepository } from '../allocation/adapters/csv/csv-product-repository';
import { Allocate, CreateBatch, DomainError, OrderLine } from '../allocation/contracts';
import { BadRow, Fields } from '../csv/fields';
import { type CsvRow, readCsv } from '../csv/read-csv';

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

const batchColumns = ['ref', 'sku', 'qty', 'eta'] as const;
type BatchColumn = (typeof batchColumns)[number];
type LineColumn = (typeof lineColumns)[number];
type AllocationColumn = (typeof allocationColumns)[number];

const ROWS_BETWEEN_PROGRESS = 1000;

/**
 * One way through the files of a folder. Files take the place of HTTP and the database, and nothing else
 * differs: rows become commands, for the same handlers (the book's appendix on swapping out the
 * infrastructure).
 */
export class FolderRun {
  orderLines = 0;
  /** Rows of orders.csv that were not refused. */
  accepted = 0;
  /** Rows of all files that were. */
  refused = 0;
  /** Lines of rows of allocations.csv that cannot be counted: by order and SKU, in which line of the file. */
  private readonly uncounted = new Map<string, number>();
  private rows = 0;
  private bytesRead = 0;
  private readonly bytes: number;

  constructor(
    private readonly folder: string,
    private readonly products: CsvProductRepository,
    private readonly files: OutcomeFiles,
    private readonly commandBus: CommandBus,
    private readonly listener: RowListener,
  ) {
    this.bytes = ['batches.csv', 'allocations.csv', 'orders.csv']
      .map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0)
      .reduce((sum, size) => sum + size);
  }

  /** @throws CsvFileError when a file cannot be read; Error when the outcome cannot be written */
  async everything(): Promise<void> {
    await this.each('batches.csv', batchColumns, (row) => this.createBatch(row));
    if (existsSync(join(this.folder, 'allocations.csv'))) {
      await this.each('allocations.csv', allocationColumns, (row) => this.count(row));
    }
    await this.each('orders.csv', lineColumns, (row) => this.allocate(row));
  }

  private async each<Column extends string>(
    file: string,
    columns: readonly Column[],
    use: (row: CsvRow<Column>) => Promise<void>,
  ): Promise<void> {
    const onRead = (bytes: number) => (this.bytesRead += bytes);
    for await (const row of readCsv(join(this.folder, file), columns, onRead)) {
      try {
        await use(row);
      } catch (error) {
        if (!(error instanceof BadRow || error instanceof DomainError)) throw error;
        this.refused += 1;
        this.listener.refused({ file, line: row.line, reason: error.message });
      }
      this.rows += 1;
      if (this.rows % ROWS_BETWEEN_PROGRESS === 0) {
        this.listener.progress(this.bytesRead / this.bytes, this.orderLines);
      }
    }
  }

  private async createBatch({ values }: CsvRow<BatchColumn>): Promise<void> {
    const fields = new Fields(values);
    const [reference, sku] = [fields.name('ref'), fields.name('sku')];
    const [qty, eta] = [fields.quantity('qty'), fields.optionalDay('eta')];
    fields.check();
    await this.commandBus.execute(new CreateBatch(reference, sku, qty, eta));
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
      this.uncounted.set(keyOf(line), number);
      throw error;
    }
    if (missing > 0) {
      throw new BadRow(`batch ${batchRef} holds ${missing} too few for all lines allocated of it`);
    }
  }

  private async allocate({ values }: CsvRow<LineColumn>): Promise<void> {
    this.orderLines += 1;
    const fields = new Fields(values);
    const line = new OrderLine(fields.name('orderid'), fields.name('sku'), fields.quantity('qty'));
    fields.check();
    const missing = this.files.missingOf(line);
    if (missing === undefined) {
      this.refuseUncounted(line);
      await this.commandBus.execute(new Allocate(line));
    } else if (missing !== line.qty) {
      throw new BadRow(`order ${line.orderId} asks for ${missing} of ${line.sku} in a line before this one`);
    }
    this.accepted += 1;
  }

  /** Such a line may be promised from somewhere already, so it must not be promised once more. */
  private refuseUncounted(line: OrderLine): void {
    const number = this.uncounted.get(keyOf(line));
    if (number === undefined || this.products.isAllocated(line)) return;
    throw new BadRow(
      `line ${number} of allocations.csv has this order line; correct or delete that row first`,
    );
  }
}

function keyOf({ orderId, sku }: OrderLine): string {
  return `${sku}\0${orderId}`;
}
