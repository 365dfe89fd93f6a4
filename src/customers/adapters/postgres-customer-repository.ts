import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { CoalescedCalls } from '../../database/coalesced-calls';
import { READS } from '../../database/data-source';
import { Sql, WAITED_FOR } from '../../database/sql';
import { Mails } from '../../notifications/contracts';
import { type Customer, CustomerRepository } from '../application/customer-repository';

interface CustomerRow {
  readonly id: string;
  readonly email: string | null;
  readonly orders: string;
  readonly vip_since: Date | null;
}

/** Customers in PostgreSQL. */
@Injectable()
export class PostgresCustomerRepository extends CustomerRepository {
  private readonly sql: Sql;
  private readonly reads: Sql;
  private readonly rows = new CoalescedCalls((ids: readonly string[]) => this.of(ids));

  constructor(
    dataSource: DataSource,
    @InjectDataSource(READS) reads: DataSource,
    private readonly mails: Mails,
  ) {
    super();
    this.sql = new Sql(dataSource, WAITED_FOR);
    this.reads = new Sql(reads, { isPrepared: true });
  }

  override async find(id: string): Promise<Customer | undefined> {
    const row = await this.rows.get(id);
    if (!row) return undefined;
    const vipSince = row.vip_since?.toISOString() ?? null;
    return { id, orders: Number(row.orders), vip: vipSince !== null, vipSince };
  }

  override async getsMailsAt(id: string, email: string): Promise<boolean> {
    return (await this.rows.get(id))?.email === email;
  }

  override forget(id: string): Promise<boolean> {
    return this.sql.once(async (sql) => {
      // The orders that were counted go with it (ON DELETE CASCADE).
      const gone = await sql.row<{ congratulation: string | null }>(
        'DELETE FROM customers WHERE id = $1 RETURNING congratulation',
        [id],
      );
      if (gone?.congratulation) await this.mails.remove(sql, [gone.congratulation]);
      return gone !== undefined;
    });
  }

  private async of(ids: readonly string[]): Promise<(CustomerRow | undefined)[]> {
    const rows = await this.reads.rows<CustomerRow>(
      'SELECT id, email, orders, vip_since FROM customers WHERE id = ANY($1::text[])',
      [ids],
    );
    const found = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => found.get(id));
  }
}
