import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CsvOutput } from '../../../csv/csv-output';
import type { Recorded } from '../../application/recorded';
import {
  type Allocated,
  type ByEventType,
  type DomainEvent,
  eventTypeOf,
  forEvent,
  type OutOfStock,
} from '../../domain/events';
import type { OrderLine } from '../../domain/order-line';
import type { CommitLog } from './csv-product-repository';

export const allocationColumns = ['orderid', 'sku', 'qty', 'batchref'] as const;
export const lineColumns = ['orderid', 'sku', 'qty'] as const;

/**
 * What a run leaves in its folder, both files following from the events: allocations.csv, to which lines
 * are added as they are allocated, and out_of_stock.csv with the lines that this run could not allocate.
 */
export class OutcomeFiles implements CommitLog {
  allocated = 0;
  outOfStock = 0;
  /** Pieces of the lines that are out of stock. */
  private readonly missing = new Map<string, number>();

  private constructor(
    private readonly allocationsFile: CsvOutput<(typeof allocationColumns)[number]>,
    private readonly outOfStockFile: CsvOutput<(typeof lineColumns)[number]>,
  ) {}

  /** @throws CsvFileError, Error when the files cannot be written */
  static async open(folder: string): Promise<OutcomeFiles> {
    const path = join(folder, 'allocations.csv');
    const allocations = existsSync(path)
      ? await CsvOutput.extending(path)
      : CsvOutput.anew(path, allocationColumns);
    try {
      return new OutcomeFiles(allocations, CsvOutput.anew(join(folder, 'out_of_stock.csv'), lineColumns));
    } catch (error) {
      allocations.discard();
      throw error;
    }
  }

  append(events: readonly Recorded[]): void {
    for (const { event } of events) forEvent(entries, event, this);
  }

  /** Adds the line to those that are allocated. */
  addAllocated({ orderId: orderid, sku, qty, batchRef: batchref }: Allocated): void {
    this.allocationsFile.add({ orderid, sku, qty, batchref });
    this.allocated += 1;
  }

  /** Adds the line to those that are out of stock. */
  addOutOfStock(event: OutOfStock): void {
    const { orderId: orderid, sku, qty } = event;
    this.outOfStockFile.add({ orderid, sku, qty });
    this.missing.set(keyOf(event), qty);
    this.outOfStock += 1;
  }

  /** How many pieces the line asked for, if it was found to be out of stock in this run. */
  missingOf(line: OrderLine): number | undefined {
    return this.missing.get(keyOf(line));
  }

  /**
   * Puts both files in their place. Interrupted between the two, the next run finds the lines of the first
   * allocated and those of the second still out of stock, so it ends where this one would have.
   */
  replace(): void {
    this.allocationsFile.complete();
    this.outOfStockFile.complete();
    this.allocationsFile.replace();
    this.outOfStockFile.replace();
  }

  /** Leaves the files as they were. */
  discard(): void {
    this.allocationsFile.discard();
    this.outOfStockFile.discard();
  }
}

/** What becomes of an event in the files. */
const entries: ByEventType<[OutcomeFiles], void> = {
  BatchCreated: () => {},
  BatchQuantityChanged: cannotBeWritten,
  StockAdjusted: cannotBeWritten,
  BatchArrived: cannotBeWritten,
  BatchEtaChanged: cannotBeWritten,
  Allocated: (event, files) => files.addAllocated(event),
  Reserved: cannotBeWritten,
  ReservationExtended: cannotBeWritten,
  ReservationConfirmed: cannotBeWritten,
  ReservationExpired: cannotBeWritten,
  Deallocated: cannotBeWritten,
  OutOfStock: (event, files) => files.addOutOfStock(event),
  Waitlisted: cannotBeWritten,
  WaitCancelled: cannotBeWritten,
  Dispatched: cannotBeWritten,
  TermsChanged: cannotBeWritten,
  PromiseChanged: cannotBeWritten,
};

function cannotBeWritten(event: DomainEvent): never {
  throw new Error(`allocations.csv is only ever added to; there is no way to write ${eventTypeOf(event)}`);
}

function keyOf({ orderId, sku }: { orderId: string; sku: string }): string {
  return `${sku}\0${orderId}`;
}
