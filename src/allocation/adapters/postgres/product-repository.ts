import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { databaseErrorCode, unavailable } from '../../../database/errors';
import {
  ProductRepository,
  type ProductTransaction,
  WriteConflict,
} from '../../application/product-repository';
import { ProductBusy } from '../../application/unit-of-work';
import { BatchConflict } from '../../domain/errors';
import { HandlerClaim } from './outbox';
import { PostgresProductTransaction } from './product-transaction';
import { inTransaction } from './query';

const UNIQUE_VIOLATION = '23505';
/** A serialization failure, a deadlock, or another writer who got ahead of a unique key. */
const CONFLICTS = new Set(['40001', '40P01', UNIQUE_VIOLATION]);
const LOCK_NOT_AVAILABLE = '55P03';

/** Products in PostgreSQL. */
@Injectable()
export class PostgresProductRepository extends ProductRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly claim: HandlerClaim,
  ) {
    super();
  }

  override async skuOfBatch(reference: string): Promise<string | undefined> {
    try {
      const rows = await this.dataSource.query<{ sku: string }[]>(
        'SELECT sku FROM batches WHERE reference = $1',
        [reference],
      );
      return rows[0]?.sku;
    } catch (error) {
      throw translated(error);
    }
  }

  override async transaction<T>(work: (products: ProductTransaction) => Promise<T>): Promise<T> {
    try {
      return await inTransaction(this.dataSource, (query) =>
        work(new PostgresProductTransaction(query, this.claim)),
      );
    } catch (error) {
      throw translated(error);
    }
  }
}

function translated(error: unknown): unknown {
  const code = databaseErrorCode(error);
  if (code === LOCK_NOT_AVAILABLE)
    return new ProductBusy('The product is being changed for too long', { cause: error });
  if (code === UNIQUE_VIOLATION) {
    const { constraint, detail } = error as { constraint?: string; detail?: string };
    if (constraint === 'batches_pkey') {
      const reference = /^Key \(reference\)=\((.*)\) already exists/s.exec(detail ?? '')?.[1] ?? '';
      return new BatchConflict(reference, 'another SKU');
    }
  }
  if (code !== undefined && CONFLICTS.has(code))
    return new WriteConflict('Another writer got ahead', { cause: error });
  return unavailable(error) ?? error;
}
