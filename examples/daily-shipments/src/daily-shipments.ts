import { Injectable } from '@nestjs/common';
import type { Dispatched, Recorded } from 'stock-allocation/allocation';
import { Sql } from 'stock-allocation/database';
import { takeNew } from 'stock-allocation/messaging';
import { type Mail, Mails } from 'stock-allocation/notifications';
import { DataSource } from 'typeorm';
import { ShipmentsSettings } from './shipments-settings';

/** The name of the handler, under which it is kept what it has had. */
export const SHIPMENTS = 'daily-shipments';

/** Counts the pieces that left the warehouse on each day. Every call throws Unavailable. */
@Injectable()
export class DailyShipments {
  private readonly sql: Sql;

  constructor(
    dataSource: DataSource,
    private readonly mails: Mails,
    private readonly settings: ShipmentsSettings,
  ) {
    this.sql = new Sql(dataSource);
  }

  /** Counts a shipment once, however often it is told. */
  async add(recorded: Recorded<Dispatched>): Promise<void> {
    await this.sql.transaction(async (sql) => {
      const [shipment] = await takeNew(sql, SHIPMENTS, [recorded]);
      if (!shipment) return;
      const { qty } = shipment.event;
      const day = shipment.occurredAt.toISOString().slice(0, 10);
      const [{ pieces }] = await sql.rows<{ pieces: number }>(
        `INSERT INTO daily_shipments (day, pieces) VALUES ($1, $2)
         ON CONFLICT (day) DO UPDATE SET pieces = daily_shipments.pieces + excluded.pieces
         RETURNING pieces::float8 AS pieces`,
        [day, qty],
      );
      const { SHIPMENTS_GOAL: goal } = this.settings;
      if (pieces >= goal && pieces - qty < goal) await this.mails.queue(sql, [this.mail(shipment.id, day)]);
    });
  }

  /** @param day as YYYY-MM-DD @returns the pieces that left on it */
  async on(day: string): Promise<number> {
    const row = await this.sql.row<{ pieces: number }>(
      'SELECT pieces::float8 AS pieces FROM daily_shipments WHERE day = $1',
      [day],
    );
    return row?.pieces ?? 0;
  }

  private mail(id: string, day: string): Mail {
    const { SHIPMENTS_GOAL: goal, SHIPMENTS_TO: to } = this.settings;
    return {
      id,
      to,
      subject: `The goal of ${day} is reached`,
      text: `${goal} pieces have left the warehouse.\n`,
    };
  }
}
