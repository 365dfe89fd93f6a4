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
  type ReservationConfirmed,
} from '../../domain/events';
import { lineKey, type OrderLine } from '../../domain/order-line';
import type { CommitLog } from './csv-product-repository';
import { KeptLines } from './kept-lines';

export const allocationColumns = ['orderid', 'sku', 'qty', 'batchref'] as const;
export const lineColumns = ['orderid', 'sku', 'qty'] as const;
export const reservedColumns = ['orderid', 'sku', 'qty', 'batchref', 'expiresat'] as const;
export const waitingColumns = ['orderid', 'sku', 'qty', 'priority', 'reserve'] as const;

/**
 * What a run leaves in its folder, all of it following from the events: allocations.csv, to which lines are added as they
 * are allocated; out_of_stock.csv with the lines that this run found no batch for; and, once there are any, reserved.csv
 * and waiting.csv with those that are reserved, and that wait.
 */
export class OutcomeFiles implements CommitLog {
  allocated = 0;
  reserved = 0;
  outOfStock = 0;
  /** How many of those that are out of stock wait. */
  waiting = 0;
  /** Pieces of the lines that are out of stock. */
  private readonly missing = new Map<string, number>();

  private constructor(
    private readonly allocationsFile: CsvOutput<(typeof allocationColumns)[number]>,
    private readonly outOfStockFile: CsvOutput<(typeof lineColumns)[number]>,
    /** In the order in which they were reserved. */
    readonly reservedLines: KeptLines<(typeof reservedColumns)[number]>,
    /** The oldest first. */
    readonly waitingLines: KeptLines<(typeof waitingColumns)[number]>,
  ) {}

  /** @throws CsvFileError, Error when the files cannot be written */
  static async open(folder: string): Promise<OutcomeFiles> {
    const path = join(folder, 'allocations.csv');
    const allocations = existsSync(path)
      ? await CsvOutput.extending(path)
      : CsvOutput.anew(path, allocationColumns);
    try {
      return new OutcomeFiles(
        allocations,
        CsvOutput.anew(join(folder, 'out_of_stock.csv'), lineColumns),
        new KeptLines(join(folder, 'reserved.csv'), reservedColumns),
        new KeptLines(join(folder, 'waiting.csv'), waitingColumns),
      );
    } catch (error) {
      allocations.discard();
      throw error;
    }
  }

  /** How many things of which the files tell have happened to lines. */
  get changes(): number {
    return this.allocated + this.reserved + this.outOfStock;
  }

  append(events: readonly Recorded[]): void {
    for (const { event } of events) forEvent(entries, event, this);
  }

  /** Adds the line to those that are allocated. */
  addAllocated(event: Allocated | ReservationConfirmed): void {
    const { orderId: orderid, sku, qty, batchRef: batchref } = event;
    this.allocationsFile.add({ orderid, sku, qty, batchref });
    this.reservedLines.remove(event);
    this.waitingLines.remove(event);
    this.allocated += 1;
  }

  /** Adds the line to those that are out of stock. */
  addOutOfStock(event: OutOfStock): void {
    const { orderId: orderid, sku, qty } = event;
    this.outOfStockFile.add({ orderid, sku, qty });
    this.missing.set(lineKey(event), qty);
    this.outOfStock += 1;
  }

  /** How many pieces the line asked for, if it was found to be out of stock in this run. */
  missingOf(line: OrderLine): number | undefined {
    return this.missing.get(lineKey(line));
  }

  /**
   * Puts all files in their place. If that is interrupted, some files are new and the others as before: the next run
   * counts the lines of the new ones and carries out the rest again, so it ends where this one would have.
   */
  replace(): void {
    this.allocationsFile.complete();
    this.outOfStockFile.complete();
    this.reservedLines.complete();
    this.waitingLines.complete();
    this.allocationsFile.replace();
    this.reservedLines.replace();
    this.waitingLines.replace();
    this.outOfStockFile.replace();
  }

  /** Leaves the files as they were. */
  discard(): void {
    this.allocationsFile.discard();
    this.outOfStockFile.discard();
    this.reservedLines.discard();
    this.waitingLines.discard();
  }
}

const nothing = () => {};

/** What becomes of an event in the files. */
const entries: ByEventType<[OutcomeFiles], void> = {
  BatchCreated: nothing,
  BatchQuantityChanged: cannotBeWritten,
  StockAdjusted: cannotBeWritten,
  BatchArrived: cannotBeWritten,
  BatchEtaChanged: cannotBeWritten,
  Allocated: (event, files) => files.addAllocated(event),
  Reserved: (event, files) => {
    const { orderId: orderid, sku, qty, batchRef: batchref, expiresAt: expiresat } = event;
    files.waitingLines.remove(event);
    files.reservedLines.put(event, { orderid, sku, qty, batchref, expiresat });
    files.reserved += 1;
  },
  ReservationExtended: (event, files) => {
    const { orderId: orderid, sku, qty, batchRef: batchref, expiresAt: expiresat } = event;
    files.reservedLines.put(event, { orderid, sku, qty, batchref, expiresat });
  },
  ReservationConfirmed: (event, files) => files.addAllocated(event),
  ReservationExpired: (event, files) => files.reservedLines.remove(event),
  Deallocated: cannotBeWritten,
  OutOfStock: (event, files) => files.addOutOfStock(event),
  Waitlisted: (event, files) => {
    const { orderId: orderid, sku, qty, priority, reserveFor } = event;
    files.waitingLines.put(event, { orderid, sku, qty, priority, reserve: reserveFor ?? '' });
    files.waiting += 1;
  },
  WaitCancelled: (event, files) => files.waitingLines.remove(event),
  Dispatched: cannotBeWritten,
  TermsChanged: (event, files) => {
    if (event.state !== 'waiting') return; // Of the others no file says on which terms they were asked for.
    const { orderId: orderid, sku, qty, priority, reserveFor } = event;
    files.waitingLines.put(event, { orderid, sku, qty, priority, reserve: reserveFor ?? '' });
  },
  PromiseChanged: cannotBeWritten,
};

function cannotBeWritten(event: DomainEvent): never {
  throw new Error(`allocations.csv is only ever added to; there is no way to write ${eventTypeOf(event)}`);
}
