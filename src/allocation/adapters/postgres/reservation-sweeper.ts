import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { DataSource } from 'typeorm';
import { Sql } from '../../../database/sql';
import { Polling } from '../../../polling';
import { ExpireReservations } from '../../application/commands';
import { Trouble } from '../../../trouble';

/** Between two looks, in milliseconds: what ran out is given back within a second (rule 12). */
const POLL_MS = 400;
/** Reservations that are looked at in one round. */
const MOST = 1_000;
/** Products that are given time at once, so that others find the database free. */
const ABREAST = 4;

/**
 * Tells of reservations that ran out although nothing else happens to their products. It decides nothing: whatever
 * happens to a product gives them back first. Any number of instances sweep; one that comes second finds nothing.
 */
@Injectable()
export class ReservationSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(ReservationSweeper.name);
  private readonly polling = new Polling(() => this.round());
  private readonly sql: Sql;
  private readonly trouble = new Trouble(this.logger, 'Could not give back what was reserved; trying again');

  constructor(
    dataSource: DataSource,
    private readonly commands: CommandBus,
  ) {
    this.sql = new Sql(dataSource, { isPrepared: true });
  }

  onApplicationBootstrap(): void {
    this.polling.start(POLL_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.polling.stop();
  }

  /** @returns the pause until the next round, in milliseconds */
  private async round(): Promise<number> {
    try {
      const skus = await this.due();
      const next = skus.values();
      const sweep = async () => {
        for (const sku of next) await this.commands.execute(new ExpireReservations(sku));
      };
      await Promise.all(Array.from({ length: ABREAST }, sweep));
      this.trouble.end();
      return skus.length > 0 ? 0 : POLL_MS;
    } catch (error) {
      this.trouble.begin(error);
      return POLL_MS;
    }
  }

  /** The products of the reservations that ran out first. One look along an index when there are none. */
  private async due(): Promise<string[]> {
    const rows = await this.sql.rows<{ sku: string }>(
      `SELECT sku FROM allocations WHERE state = 'reserved' AND expires_at <= now() ORDER BY expires_at LIMIT $1`,
      [MOST],
    );
    return [...new Set(rows.map(({ sku }) => sku))];
  }
}
