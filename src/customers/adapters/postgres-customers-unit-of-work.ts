import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CoalescedCalls } from '../../database/coalesced-calls';
import { Sql, type Statements, WAITED_FOR } from '../../database/sql';
import { groupBy } from '../../group-by';
import { type Mail, Mails } from '../../notifications/contracts';
import { CustomersUnitOfWork } from '../application/unit-of-work';
import { History } from '../domain/history';
import { congratulationOf } from './congratulation';

/** What is to be done with the history of a customer. */
interface Unit {
  readonly customerId: string;
  readonly orderId?: string;
  readonly work: (history: History) => void;
}

interface HistoryRow {
  readonly id: string;
  readonly email: string | null;
  readonly orders: string;
  readonly vip_since: Date | null;
  readonly now: Date;
  /** Those of the orders in question that are counted. */
  readonly recorded: string[];
}

/**
 * Histories in PostgreSQL. Units that come at the same time share a transaction, one of which is under way at a time: so
 * a thousand orders of one customer wait here for each other, and not on as many connections for the lock of his row.
 */
@Injectable()
export class PostgresCustomersUnitOfWork extends CustomersUnitOfWork {
  private readonly sql: Sql;
  private readonly units = new CoalescedCalls((units: readonly Unit[]) => this.carryOut(units));

  constructor(
    dataSource: DataSource,
    private readonly mails: Mails,
  ) {
    super();
    this.sql = new Sql(dataSource, WAITED_FOR);
  }

  override run(
    customerId: string,
    orderId: string | undefined,
    work: (history: History) => void,
  ): Promise<void> {
    return this.units.get({ customerId, orderId, work });
  }

  private async carryOut(units: readonly Unit[]): Promise<void[]> {
    await this.sql.transaction(async (sql) => {
      const histories = await this.load(sql, units);
      for (const { customerId, work } of units) work(histories.get(customerId)!);
      const mails = new Map<string, Mail>();
      for (const event of [...histories.values()].flatMap(({ events }) => events)) {
        const mail = congratulationOf(event);
        if (mail) mails.set(event.customerId, mail);
      }
      await this.save(sql, [...histories.values()], mails);
      await this.mails.queue(sql, [...mails.values()]);
    });
    return units.map(() => undefined);
  }

  /** Makes and locks the rows in the order of their ids, so that two instances never wait for each other. */
  private async load(sql: Statements, units: readonly Unit[]): Promise<Map<string, History>> {
    const byCustomer = groupBy(units, ({ customerId }) => customerId);
    const ids = [...byCustomer.keys()];
    // The change of nothing locks a row, also against whoever forgets the customer at this moment.
    await sql.count(
      `INSERT INTO customers AS c (id) SELECT id FROM unnest($1::text[]) AS named (id) ORDER BY id COLLATE "C"
       ON CONFLICT (id) DO UPDATE SET orders = c.orders`,
      [ids],
    );
    const orders = units.flatMap(({ orderId }) => (orderId === undefined ? [] : [orderId]));
    const rows = await sql.rows<HistoryRow>(
      `SELECT id, email, orders, vip_since, clock_timestamp() AS now, ARRAY(
         SELECT order_id FROM customer_orders WHERE customer_id = id AND order_id = ANY($2::text[])) AS recorded
       FROM customers WHERE id = ANY($1::text[])`,
      [ids, orders],
    );
    return new Map(
      rows.map(({ id, email, orders: count, vip_since, now, recorded }) => [
        id,
        new History(id, email, Number(count), vip_since, new Set(recorded), now),
      ]),
    );
  }

  /** @param mails by the customers whom they congratulate, so that they can be found when one is to be forgotten */
  private async save(
    sql: Statements,
    histories: readonly History[],
    mails: ReadonlyMap<string, Mail>,
  ): Promise<void> {
    await sql.count(
      `UPDATE customers c SET email = changed.email, orders = changed.orders, vip_since = changed.vip_since,
         congratulation = coalesce(changed.congratulation, c.congratulation)
       FROM unnest($1::text[], $2::text[], $3::bigint[], $4::timestamptz[], $5::uuid[])
         AS changed (id, email, orders, vip_since, congratulation)
       WHERE c.id = changed.id AND c.id = ANY($1::text[])`,
      [
        histories.map(({ customerId }) => customerId),
        histories.map(({ email }) => email),
        histories.map(({ orders }) => orders),
        histories.map(({ vipSince }) => vipSince),
        histories.map(({ customerId }) => mails.get(customerId)?.id ?? null),
      ],
    );
    const added = histories.flatMap(({ customerId, newOrders }) =>
      newOrders.map((orderId) => ({ customerId, orderId })),
    );
    if (added.length === 0) return;
    await sql.count(
      'INSERT INTO customer_orders (customer_id, order_id) SELECT * FROM unnest($1::text[], $2::text[])',
      [added.map(({ customerId }) => customerId), added.map(({ orderId }) => orderId)],
    );
  }
}
