import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { CoalescedReads } from '../../database/coalesced-reads';
import { READS } from '../../database/data-source';
import { Sql } from '../../database/sql';
import { type Customer, CustomerRepository } from '../application/customer-repository';

interface CustomerRow {
  readonly id: string;
  readonly orders: string;
  readonly vip_since: Date | null;
}

/** Customers in PostgreSQL. */
@Injectable()
export class PostgresCustomerRepository extends CustomerRepository {
  private readonly sql: Sql;
  private readonly reads: Sql;
  private readonly customers = new CoalescedReads((ids: readonly string[]) => this.of(ids));

  constructor(dataSource: DataSource, @InjectDataSource(READS) reads: DataSource) {
    super();
    this.sql = new Sql(dataSource);
    this.reads = new Sql(reads, { isPrepared: true });
  }

  override find(id: string): Promise<Customer | undefined> {
    return this.customers.get(id);
  }

  override async forget(id: string): Promise<boolean> {
    // The orders that were counted go with it (ON DELETE CASCADE).
    return (await this.sql.count('DELETE FROM customers WHERE id = $1', [id])) > 0;
  }

  private async of(ids: readonly string[]): Promise<(Customer | undefined)[]> {
    const rows = await this.reads.rows<CustomerRow>(
      'SELECT id, orders, vip_since FROM customers WHERE id = ANY($1::text[])',
      [ids],
    );
    const found = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => {
      const row = found.get(id);
      if (!row) return undefined;
      const vipSince = row.vip_since?.toISOString() ?? null;
      return { id, orders: Number(row.orders), vip: vipSince !== null, vipSince };
    });
  }
}
