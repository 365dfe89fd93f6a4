import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Whoever reads events besides the handlers. */
export interface Reader {
  readonly name: string;
  /** Events are queued for it from then on. */
  readonly registeredAt: Date;
  /** Events that wait for it. */
  readonly waiting: number;
}

/** The name under which the broker is registered; the statement that records events asks for it. */
export const BROKER = 'broker';

const LOT = 10_000;

/**
 * Who has events queued. Kept in the database, so that every process that writes events queues them for all that read:
 * also one that has no connection to the broker itself.
 */
@Injectable()
export class Readers {
  constructor(private readonly dataSource: DataSource) {}

  /** Queues events for the broker from now on. Does nothing when that is so already. */
  async registerBroker(): Promise<void> {
    await this.dataSource.query('INSERT INTO readers (name) VALUES ($1) ON CONFLICT DO NOTHING', [BROKER]);
  }

  async isBrokerRegistered(): Promise<boolean> {
    const found = await this.dataSource.query<unknown[]>('SELECT FROM readers WHERE name = $1', [BROKER]);
    return found.length > 0;
  }

  async list(): Promise<Reader[]> {
    return this.dataSource.query(
      `SELECT name, registered_at AS "registeredAt", (SELECT count(*)::float8 FROM broker_queue) AS waiting
       FROM readers ORDER BY name`,
    );
  }

  /**
   * Takes the registration back, and drops what waits.
   * @returns how many events had waited; undefined when there is no reader of that name
   */
  async remove(name: string): Promise<number | undefined> {
    const [removed] = await this.dataSource.query<[unknown[], number]>(
      'DELETE FROM readers WHERE name = $1 RETURNING 1',
      [name],
    );
    if (removed.length === 0) return undefined;
    for (let dropped = 0; ;) {
      const [, count] = await this.dataSource.query<[unknown[], number]>(
        `DELETE FROM broker_queue
         WHERE position = ANY (ARRAY(SELECT position FROM broker_queue ORDER BY position LIMIT ${LOT}))`,
      );
      dropped += count;
      if (count < LOT) return dropped;
    }
  }
}
