import { Injectable } from '@nestjs/common';
import type { Query } from '../../../database/transaction';
import type { Recorded } from '../../application/recorded';
import { forgetPending } from './pending-views';

/** A read model that is written in the transaction of the unit of work: its readers see the unit whole, or not yet. */
export interface InlineProjection {
  /**
   * Sends the statements that show the events, and need not wait for their answers. The events are committed with
   * them, or neither is. A unit that is run again has events of its own, other objects.
   * @param events of one commit, of each SKU in the order of their sequence
   */
  project(events: readonly Recorded[], query: Query): Promise<void> | void;
}

/** For how long commits go without inline projections after one failed, in milliseconds. */
const PAUSE_MS = 1_000;
/**
 * SKUs that are taken to have rows which cannot be written, at most. When more fail, it must be the table, and all go
 * without projections.
 */
const MAX_APART = 3;

/**
 * The inline projections of all modules. A module registers its own before the application takes commands, and
 * handles the same events on the EventBus as well, since a commit may go without projections (`pause`).
 */
@Injectable()
export class InlineProjections {
  private readonly projections: InlineProjection[] = [];
  /** The events that a statement was about which failed. */
  private readonly failures = new WeakMap<object, readonly Recorded[]>();
  private pausedUntil = -Infinity;
  /** SKUs that need a transaction for themselves, and until when they go without projections in it. */
  private readonly apart = new Map<string, number>();

  register(projection: InlineProjection): void {
    this.projections.push(projection);
  }

  /** Lets every projection send its statements in the transaction of `query`. */
  async project(events: readonly Recorded[], query: Query): Promise<void> {
    const sent: Promise<unknown>[] = [];
    const noting: Query = (sql, parameters) => {
      const rows = query<never>(sql, parameters);
      rows.catch((error: object) => this.failures.set(error, events));
      sent.push(rows);
      return rows;
    };
    for (const projection of this.projections) await projection.project(events, noting);
    if (this.apart.size === 0) return;
    const resume = () => events.forEach(({ event }) => this.apart.delete(event.sku));
    void Promise.all(sent).then(resume, () => {});
  }

  /**
   * To be called by the projection that shows events which were committed without it.
   * @param query of the transaction in which it shows them
   */
  async shownLate(events: readonly Recorded[], query: Query): Promise<void> {
    await forgetPending(query, events);
  }

  /** Whether it was a projection that spoiled a transaction, and not the unit of work. */
  failed(error: unknown): boolean {
    return typeof error === 'object' && error !== null && this.failures.has(error);
  }

  /**
   * After an error for which `failed` is true, has commits go without projections for a while: those of the SKU that
   * failed, or all.
   * @param isOfRows whether only some rows may be the cause, with nothing wrong with those of other SKUs
   * @returns false when several SKUs may be the cause; then each is to have a transaction for itself
   */
  pause(error: object, isOfRows: boolean): boolean {
    const now = performance.now();
    const skus = new Set(this.failures.get(error)?.map(({ event }) => event.sku));
    // Shortly after all commits were paused, any failure pauses all of them again: most likely its cause is still the
    // same.
    const isOfAll = !isOfRows || now < this.pausedUntil + PAUSE_MS;
    if (!isOfAll && skus.size > 1) return false;
    for (const sku of skus) this.apart.set(sku, now + PAUSE_MS);
    if (isOfAll || this.apart.size > MAX_APART) {
      this.apart.clear();
      this.pausedUntil = now + PAUSE_MS;
    }
    return true;
  }

  /** Whether these are to be committed without projections. */
  arePaused(events: readonly Recorded[]): boolean {
    const now = performance.now();
    if (now < this.pausedUntil) return true;
    return this.apart.size > 0 && events.some(({ event }) => now < (this.apart.get(event.sku) ?? 0));
  }

  /** Whether the SKU may hold up others in their transaction, until its rows were written once more. */
  isApart(sku: string): boolean {
    return this.apart.has(sku);
  }
}
