import { Injectable } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import {
  Allocate,
  BehindInViews,
  BatchNotArrived,
  ChangeLineQuantity,
  ConfirmReservation,
  Deallocate,
  Dispatch,
  ExpiredReservation,
  InvalidSku,
  LineConflict,
  LineDispatched,
  LineNotAllocated,
  LineNotConfirmed,
  OrderLine,
} from '../../allocation/contracts';
import { LargestBatch, LinesOfOrder } from '../../views/contracts';
import { type LineStatus, type Outcome, Stock, type Terms } from '../application/stock';
import { NoSuchLine, OrderDispatched } from '../domain/errors';
import type { LineOfOrder, Shortage } from '../domain/order';

/** Why what is asked of a line that is held cannot be done. */
const REFUSALS = [LineDispatched, LineNotConfirmed, BatchNotArrived];

/** The stock as the modules `allocation` and `views` have it. */
@Injectable()
export class AllocationStock extends Stock {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {
    super();
  }

  override async reserve(
    orderId: string,
    { sku, qty, priority }: LineOfOrder,
    { reserveFor, wait }: Terms,
  ): Promise<boolean> {
    const line = new OrderLine(orderId, sku, qty);
    try {
      const { outcome } = await this.commands.execute(
        new Allocate(line, { priority, reserveFor, wait: wait || undefined }),
      );
      return outcome !== 'out of stock';
    } catch (error) {
      // A line of another quantity is one that somebody asked for by itself, at the same moment.
      if (error instanceof InvalidSku || error instanceof LineConflict) return false;
      throw error;
    }
  }

  override confirm(orderId: string, sku: string): Promise<Outcome> {
    return outcomeOf(this.commands.execute(new ConfirmReservation(orderId, sku)));
  }

  override giveBack(orderId: string, sku: string): Promise<Outcome> {
    return outcomeOf(this.commands.execute(new Deallocate(orderId, sku)));
  }

  override dispatch(orderId: string, sku: string): Promise<Outcome> {
    return outcomeOf(this.commands.execute(new Dispatch(orderId, sku)));
  }

  override async changeQuantity(orderId: string, sku: string, qty: number): Promise<boolean> {
    try {
      return (await this.commands.execute(new ChangeLineQuantity(orderId, sku, qty))) === 'changed';
    } catch (error) {
      if (error instanceof LineDispatched) throw new OrderDispatched(orderId, [sku]);
      if (error instanceof LineNotAllocated || error instanceof ExpiredReservation)
        throw new NoSuchLine(orderId, sku);
      throw error;
    }
  }

  override async mostOf(orderId: string, sku: string): Promise<number> {
    const lines = await this.lines(orderId);
    const held = lines.find((line) => line.sku === sku && line.batchRef !== null);
    return (await this.queries.execute(new LargestBatch(sku, held))) ?? 0;
  }

  override async shortages(lines: readonly LineOfOrder[]): Promise<Map<string, Shortage>> {
    const shortages = new Map<string, Shortage>();
    const ask = async ({ sku, qty }: LineOfOrder) => {
      const available = await this.queries.execute(new LargestBatch(sku));
      if (available === null || available < qty) shortages.set(sku, { available });
    };
    await Promise.all(lines.map(ask));
    return shortages;
  }

  override lines(orderId: string): Promise<readonly LineStatus[]> {
    return this.queries.execute(new LinesOfOrder(orderId));
  }

  override async behind(skus: readonly string[]): Promise<ReadonlySet<string>> {
    return skus.length > 0 ? this.queries.execute(new BehindInViews(skus)) : new Set();
  }
}

async function outcomeOf(work: Promise<void>): Promise<Outcome> {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (error instanceof LineNotAllocated) return 'not held';
    if (error instanceof ExpiredReservation) return 'ran out';
    if (REFUSALS.some((refusal) => error instanceof refusal)) return 'refused';
    throw error;
  }
}
