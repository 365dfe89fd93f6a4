import { Injectable } from '@nestjs/common';
import type { Query } from '../../../database/transaction';
import type { Recorded } from '../../application/recorded';

/** A read model that is written in the transaction of the unit of work: its readers see the unit whole, or not yet. */
export interface InlineProjection {
  /**
   * Sends the statements that show the events, and need not wait for their answers. The events are committed with
   * them, or neither is. A unit that is run again has events of its own, other objects.
   * @param events of one commit, of each SKU in the order of their sequence
   */
  project(events: readonly Recorded[], query: Query): Promise<void> | void;
}

/**
 * The inline projections of all modules. A module registers its own before the application takes commands, and
 * handles the same events on the EventBus as well, since a commit may go without projections (`failed`).
 */
@Injectable()
export class InlineProjections {
  private readonly projections: InlineProjection[] = [];
  private readonly failures = new WeakSet<object>();

  register(projection: InlineProjection): void {
    this.projections.push(projection);
  }

  /** Lets every projection send its statements in the transaction of `query`. */
  async project(events: readonly Recorded[], query: Query): Promise<void> {
    const noting: Query = (sql, parameters) => {
      const rows = query<never>(sql, parameters);
      rows.catch((error: object) => this.failures.add(error));
      return rows;
    };
    for (const projection of this.projections) await projection.project(events, noting);
  }

  /** Whether it was a projection that spoiled a transaction, and not the unit of work. */
  failed(error: unknown): boolean {
    return typeof error === 'object' && error !== null && this.failures.has(error);
  }
}
