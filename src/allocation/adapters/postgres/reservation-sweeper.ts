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
/** Products that are looked up in one round. */
const SKUS_PER_ROUND = 1_000;
/** Products that are given time at once, so that others find the database free. */
const CONCURRENCY = 4;

/**
 * Has expired reservations given back of products to which nothing else happens; any other command gives them back
 * first anyway. Any number of instances sweep; one that comes second finds nothing.
 */
@Injectable()
export class ReservationSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(ReservationSweeper.name);
  private readonly polling = new Polling(() => this.round());
  private readonly sql: Sql;
  /** The products that are being given time, so that one that takes long, or is locked, holds up no round. */
  private readonly underWay = new Map<string, Promise<void>>();
  private isStopping = false;
  private readonly lookTrouble = new Trouble(
    this.logger,
    'Could not look for reservations that ran out; trying again',
  );
  private readonly sweepTrouble = new Trouble(
    this.logger,
    'Could not give back what was reserved; trying again',
  );

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
    this.isStopping = true;
    await this.polling.stop();
    await Promise.all(this.underWay.values());
  }

  /** @returns the pause until the next round, in milliseconds */
  private async round(): Promise<number> {
    try {
      const skus = await this.due();
      this.lookTrouble.end();
      for (const sku of skus) {
        while (this.underWay.size >= CONCURRENCY) await Promise.race(this.underWay.values());
        if (this.isStopping) break;
        this.underWay.set(sku, this.sweep(sku));
      }
      return POLL_MS;
    } catch (error) {
      this.lookTrouble.begin(error);
      return POLL_MS;
    }
  }

  /** Does not throw. What ran out of one product may be more than is given back at once, so it is looked again. */
  private async sweep(sku: string): Promise<void> {
    try {
      await this.commands.execute(new ExpireReservations(sku));
      this.sweepTrouble.end();
      this.polling.wake();
    } catch (error) {
      this.sweepTrouble.begin(error);
    } finally {
      this.underWay.delete(sku);
    }
  }

  /**
   * The products of the reservations that ran out first, but for those under way. Each counts once, however many of it ran
   * out. One look along an index when there are none.
   */
  private async due(): Promise<string[]> {
    const rows = await this.sql.rows<{ sku: string }>(
      `SELECT sku FROM (
         SELECT sku, expires_at FROM allocations WHERE state = 'reserved' AND expires_at <= now() ORDER BY expires_at OFFSET 0
       ) expired
       WHERE sku <> ALL ($2::text[]) GROUP BY sku ORDER BY min(expires_at) LIMIT $1`,
      [SKUS_PER_ROUND, [...this.underWay.keys()]],
    );
    return rows.map(({ sku }) => sku);
  }
}
