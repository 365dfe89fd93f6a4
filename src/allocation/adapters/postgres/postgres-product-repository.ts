import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DatabaseError } from 'pg';
import { DataSource } from 'typeorm';
import { READS } from '../../../database/data-source';
import {
  databaseErrorCode,
  LOCK_NOT_AVAILABLE,
  unavailable,
  UNIQUE_VIOLATION,
} from '../../../database/errors';
import { keyInUse } from '../../../database/recorded-requests';
import { isAnnounced } from '../../../unavailable';
import { Sql, type Statements } from '../../../database/sql';
import { inTransaction } from '../../../database/transaction';
import { newId } from '../../../ids';
import {
  ProductRepository,
  type ProductSnapshot,
  type ProductTransaction,
  type ProductTransactionOptions,
  WriteConflict,
} from '../../application/product-repository';
import { recordEvents } from '../../application/recorded';
import { ProductBusy } from '../../application/unit-of-work';
import { BatchConflict } from '../../domain/errors';
import { InlineProjections } from './inline-projections';
import { HandlerClaim } from './outbox';
import { pendingOf } from './pending-views';
import { loadSnapshot, PostgresProductTransaction, TooManyExpired } from './product-transaction';

/** A serialization failure, a deadlock, or another writer who got ahead of a unique key. */
const CONFLICTS = new Set(['40001', '40P01', UNIQUE_VIOLATION]);
/** What refuses a version that is stale. */
const STALE_VERSION = 'products_version_number_check';

/**
 * How long a statement waits for a lock, in milliseconds. Products that are locked are left out, or waited for, by the
 * statement that locks them; but somebody may also hold a batch, or a new reference. Units that share a transaction
 * wait for that no longer than a commit takes as a rule; a unit that waits gives up before its client does, and before
 * the statement counts as unanswered, which would cost the connection.
 */
const LOCK_TIMEOUT_MS = { skip: 50, wait: 7_000 };
/** SQLSTATEs of failures that a single row can cause: it was locked for too long, or cannot take its values. */
const TROUBLE_WITH_ROWS = /^(55P03|57014|2[23])/;
const VIEW_HELD = 'A row of a view is held by others';
/**
 * How long looking up the SKU of a batch may take, in milliseconds: it leaves time for the unit of work, which comes
 * after it.
 */
const LOOK_UP_MS = 4_000;

/** Products in PostgreSQL. */
@Injectable()
export class PostgresProductRepository extends ProductRepository {
  private readonly logger = new Logger(PostgresProductRepository.name);
  private readonly sql: Sql;
  private readonly reads: Sql;

  constructor(
    private readonly dataSource: DataSource,
    private readonly projections: InlineProjections,
    private readonly claim: HandlerClaim,
    @InjectDataSource(READS) reads: DataSource = dataSource,
  ) {
    super();
    this.sql = new Sql(dataSource, { isPrepared: true, answerMs: LOOK_UP_MS });
    this.reads = new Sql(reads, { isPrepared: true });
  }

  override skuOfBatch(batchRef: string): Promise<string | undefined> {
    return skuOfBatch(this.sql, batchRef);
  }

  /**
   * Reservations that ran out are given back by whoever loads their product. Of too many a slice is given back in a
   * commit of its own, until the rest is few; each can then be looked at by others in between.
   */
  override async transaction<T>(
    options: ProductTransactionOptions,
    work: (products: ProductTransaction) => Promise<T>,
  ): Promise<T> {
    try {
      for (;;) {
        try {
          return await this.withViews(options, this.claim, work);
        } catch (error) {
          if (!(error instanceof TooManyExpired)) throw error;
          await this.expireSlice(error.sku, options);
        }
      }
    } catch (error) {
      throw translated(error);
    }
  }

  /** On connections of questions, so that those who ask about a product that is being changed take none from commands. */
  override snapshot<T>(work: (products: ProductSnapshot) => Promise<T>): Promise<T> {
    return this.reads.transaction(async (sql) => {
      await sql.count('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
      return work({
        skuOfBatch: (batchRef) => skuOfBatch(sql, batchRef),
        load: (scope) => loadSnapshot(sql.query, scope),
        behindInViews: (skus) => pendingOf(sql.query, skus),
      });
    });
  }

  /**
   * Gives back some of the reservations that ran out. No claim is made on the events: nobody here publishes them, so
   * whoever reads the log hands them to the handlers.
   */
  private async expireSlice(sku: string, options: ProductTransactionOptions): Promise<void> {
    await this.withViews(options, new HandlerClaim(0), async (products) => {
      const product = await products.loadExpired(sku);
      if (!product) return;
      product.expireReservations();
      const { loadedVersion, events } = product;
      if (events.length === 0) return;
      const id = newId();
      const recorded = recordEvents(
        product,
        0,
        events.length,
        { correlationId: id, causationId: id },
        new Date(),
      );
      await products.save([{ sku, loadedVersion, events: recorded, messageIds: [] }]);
    });
  }

  /**
   * Writes the views in the same transaction. If that fails, the work is done again without them: a view that is locked
   * or broken must not fail a command, and its handler of the events writes it after the commit. If a row is the cause,
   * only its product goes without views; as long as it is not known which product that is, ProductBusy has each tried
   * in a transaction of its own, so that the others need not wait for it.
   */
  private async withViews<T>(
    options: ProductTransactionOptions,
    claim: HandlerClaim,
    work: (products: PostgresProductTransaction) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.attempt(options, claim, work, this.projections);
    } catch (error) {
      if (!this.projections.failed(error) || isConnectionLost(error)) throw error;
      const isOfRows = TROUBLE_WITH_ROWS.test(databaseErrorCode(error) ?? '');
      if (!this.projections.pause(error as object, isOfRows))
        throw new ProductBusy(VIEW_HELD, { cause: error });
      if (!isAnnounced(error)) {
        this.logger.warn({ err: error }, 'A view cannot be written with its unit of work; it follows later');
      }
    }
    return this.attempt(options, claim, work);
  }

  private attempt<T>(
    { whenLocked, onProgress }: ProductTransactionOptions,
    claim: HandlerClaim,
    work: (products: PostgresProductTransaction) => Promise<T>,
    projections?: InlineProjections,
  ): Promise<T> {
    return inTransaction(
      this.dataSource,
      { lockTimeoutMs: LOCK_TIMEOUT_MS[whenLocked], onProgress },
      (query) => work(new PostgresProductTransaction(query, whenLocked, claim, projections)),
    );
  }
}

async function skuOfBatch(sql: Statements, batchRef: string): Promise<string | undefined> {
  const batch = await sql.row<{ sku: string }>('SELECT sku FROM batches WHERE reference = $1', [batchRef]);
  return batch?.sku;
}

/** Whether the connection was lost: then nobody knows whether the transaction was committed. */
function isConnectionLost(error: unknown): boolean {
  return !(error instanceof DatabaseError) || /^(08|57P|25P)/.test(error.code ?? '');
}

function translated(error: unknown): unknown {
  const code = databaseErrorCode(error);
  if (code === LOCK_NOT_AVAILABLE)
    return new ProductBusy('The product is being changed for too long', { cause: error });
  if (code === UNIQUE_VIOLATION) {
    const inUse = keyInUse(error);
    if (inUse) return inUse;
    const { constraint, detail } = error as { constraint?: string; detail?: string };
    if (constraint === 'batches_pkey') {
      const batchRef = /^Key \(reference\)=\((.*)\) already exists/s.exec(detail ?? '')?.[1] ?? '';
      return new BatchConflict(batchRef, 'another SKU');
    }
  }
  if (
    (error as { constraint?: string } | null)?.constraint === STALE_VERSION ||
    (code && CONFLICTS.has(code))
  )
    return new WriteConflict('Another writer got ahead', { cause: error });
  return unavailable(error) ?? error;
}
