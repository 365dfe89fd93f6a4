import { SLICE } from '../../../database/in-slices';
import { recordParts } from '../../../database/recorded-requests';
import type { Query } from '../../../database/transaction';
import { groupBy } from '../../../group-by';
import type {
  LoadedProducts,
  ProductChange,
  ProductTransaction,
  ProductTransactionOptions,
} from '../../application/product-repository';
import type { Recorded } from '../../application/recorded';
import type { Scope } from '../../application/scope';
import { changeOfAvailable } from '../../domain/events';
import type { Product } from '../../domain/product';
import type { InlineProjections } from './inline-projections';
import { insertEvents, type HandlerClaim } from './outbox';
import { notePending, pendingOf } from './pending-views';
import { MOST_EXPIRED, MOST_WAITING, readRows } from './product-loading';
import { type LineRow, type ProductHead, productsOf } from './product-rows';
import { saveRows } from './product-saving';

/**
 * How long a statement of a projection may take, in milliseconds; of a large change, how long it may wait for a lock.
 * Nobody has to wait for the rows of a view: they can be written after the commit (promise 4).
 */
const VIEW_TIMEOUT_MS = 250;

/** For the limit of a statement: the largest int. */
const ALL = 2_147_483_647;

/** More reservations of the SKU ran out than are given back in the commit that some unit of work shares. */
export class TooManyExpired extends Error {
  constructor(readonly sku: string) {
    super(`Too many reservations of ${sku} ran out to be given back at once`);
  }
}

/**
 * Products in a transaction of PostgreSQL. Two guards keep writers apart: the rows of the products are
 * locked from load to commit, and a version moves on only from the one that was loaded.
 */
export class PostgresProductTransaction implements ProductTransaction {
  /** @param projections written with what is saved; none when they are to follow after the commit */
  constructor(
    protected readonly query: Query,
    private readonly whenLocked: ProductTransactionOptions['whenLocked'],
    private readonly claim: HandlerClaim,
    private readonly projections?: InlineProjections,
  ) {}

  async load(scopes: readonly Scope[]): Promise<LoadedProducts> {
    const skus = [...new Set(scopes.map(({ sku }) => sku))];
    // Sent together, the reads are carried out after the locks are held, and see what is there by then.
    const [heads, rows] = await Promise.all([
      this.lockProducts(
        this.whenLocked === 'skip' ? skus.filter((sku) => !this.projections?.isApart(sku)) : skus,
      ),
      readRows(this.query, scopes),
    ]);
    for (const sku of rows.overdue) {
      if (!heads.has(sku)) continue;
      if (this.whenLocked === 'wait') throw new TooManyExpired(sku);
      heads.delete(sku);
    }
    // Only what was read tells how many lines pieces can serve, so such a SKU is left for a transaction of its own.
    if (this.whenLocked === 'skip') for (const sku of withManyWaiting(rows.lines)) heads.delete(sku);
    return {
      products: productsOf(heads, rows),
      skusOfBatches: new Map(rows.batches.map(({ ref: batchRef, sku }) => [batchRef, sku])),
    };
  }

  /** The product with reservations that ran out, those first that did so first, as many as one commit gives back. */
  async loadExpired(sku: string): Promise<Product | undefined> {
    const [heads, rows] = await Promise.all([
      this.lockProducts([sku]),
      readRows(this.query, [{ looksAt: 'product', sku }], MOST_EXPIRED),
    ]);
    return productsOf(heads, rows).get(sku)?.();
  }

  async carriedOut(messageIds: readonly string[]): Promise<Set<string>> {
    const rows = await this.query<{ message_id: string }>(
      'SELECT message_id FROM inbox WHERE message_id = ANY($1::text[])',
      [messageIds],
    );
    return new Set(rows.map((row) => row.message_id));
  }

  async save(changes: readonly ProductChange[]): Promise<Set<string>> {
    const conflicts = await this.insertProducts(changes.filter(isOfNewProduct));
    const accepted = changes.filter(({ sku }) => !conflicts.has(sku));
    const events = eventsOf(accepted);
    // The statements are sent without waiting for their answers: the transaction commits only when all have succeeded.
    // Only a large change waits, for each of its slices.
    this.updateProducts(accepted.filter((change) => !isOfNewProduct(change)));
    await saveRows(this.query, accepted);
    this.recordMessages(accepted.flatMap(({ messageIds }) => messageIds));
    const requests = accepted.flatMap(({ requests = [] }) => requests);
    if (requests.length > 0) void recordParts(this.query, requests);
    // Events are written late: until they are committed, each look of the sequencer has to read past them.
    await insertEvents(this.query, events, this.claim);
    if (events.length > 0) await this.project(events);
    return conflicts;
  }

  behindInViews(skus: readonly string[]): Promise<Set<string>> {
    return pendingOf(this.query, skus);
  }

  private async project(events: readonly Recorded[]): Promise<void> {
    const { projections } = this;
    if (!projections || projections.arePaused(events)) return notePending(this.query, events);
    const limit = events.length > SLICE ? 'lock_timeout' : 'statement_timeout';
    // To the end of the transaction. It does not concern the commit, which begins when the statement COMMIT has ended.
    void this.query('SELECT set_config($1, $2, true)', [limit, String(VIEW_TIMEOUT_MS)]);
    await projections.project(events, this.query);
  }

  /** What the rows of the products say, which are locked until the transaction ends. */
  protected async lockProducts(skus: string[]): Promise<Map<string, ProductHead>> {
    // In the order of the SKUs, so that two transactions never wait for each other.
    const locked = await this.query<{ sku: string; version_number: string; available: string }>(
      `SELECT sku, version_number, available FROM products WHERE sku = ANY($1::text[]) ORDER BY sku
       FOR NO KEY UPDATE ${this.whenLocked === 'skip' ? 'SKIP LOCKED' : ''}`,
      [skus],
    );
    const heads = new Map(
      locked.map((row) => [
        row.sku,
        { version: Number(row.version_number), available: Number(row.available) },
      ]),
    );
    const missing = skus.filter((sku) => !heads.has(sku));
    if (missing.length > 0) {
      const lockedByOthers = new Set(await this.existing(missing));
      for (const sku of missing) if (!lockedByOthers.has(sku)) heads.set(sku, { version: 0, available: 0 });
    }
    return heads;
  }

  protected async existing(skus: string[]): Promise<string[]> {
    const rows = await this.query<{ sku: string }>('SELECT sku FROM products WHERE sku = ANY($1::text[])', [
      skus,
    ]);
    return rows.map(({ sku }) => sku);
  }

  /** @returns the SKUs that another writer was first to know */
  protected async insertProducts(changes: readonly ProductChange[]): Promise<Set<string>> {
    if (changes.length === 0) return new Set();
    const rows = await this.query<{ sku: string }>(
      `INSERT INTO products (sku, version_number, counted_version, available)
       SELECT sku, version, version, available
       FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS new (sku, version, available)
       ORDER BY 1 ON CONFLICT DO NOTHING RETURNING sku`,
      [changes.map(({ sku }) => sku), changes.map(newVersion), changes.map(availableDelta)],
    );
    const inserted = new Set(rows.map(({ sku }) => sku));
    return new Set(changes.map(({ sku }) => sku).filter((sku) => !inserted.has(sku)));
  }

  /**
   * A version that has moved on becomes 0, which its CHECK refuses, and with it the transaction. So nobody has to look
   * at the answer, and the sequence numbers of events need no guard in the log, however large it is.
   */
  protected updateProducts(changes: readonly ProductChange[]): void {
    const changed = changes.filter(({ events }) => events.length > 0);
    if (changed.length === 0) return;
    // The pieces left are added to and not set, as with the batches, so that the CHECK can refuse what is sold twice.
    void this.query(
      `UPDATE products p
       SET version_number = CASE p.version_number WHEN changed.loaded THEN changed.version ELSE 0 END,
           counted_version = CASE p.version_number WHEN changed.loaded THEN changed.version ELSE 0 END,
           available = p.available + CASE p.version_number WHEN changed.loaded THEN changed.delta ELSE 0 END
       FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[]) AS changed (sku, loaded, version, delta)
       WHERE p.sku = changed.sku AND p.sku = ANY($1::text[])`,
      [
        changed.map(({ sku }) => sku),
        changed.map(({ loadedVersion }) => loadedVersion),
        changed.map(newVersion),
        changed.map(availableDelta),
      ],
    );
  }

  private recordMessages(messageIds: readonly string[]): void {
    if (messageIds.length === 0) return;
    void this.query('INSERT INTO inbox (message_id) SELECT unnest($1::text[])', [messageIds]);
  }
}

/** The SKUs of which so many lines wait for what they are loaded for that others would have to wait for them. */
function withManyWaiting(lines: readonly LineRow[]): string[] {
  const waiting = groupBy(
    lines.filter(({ state }) => state === 'waiting'),
    ({ sku }) => sku,
  );
  return [...waiting].filter(([, ofSku]) => ofSku.length > MOST_WAITING).map(([sku]) => sku);
}

/** The product as the transaction of `query` sees it, without a lock. Nothing is given back, so all that ran out is read. */
export async function loadSnapshot(query: Query, scope: Scope): Promise<Product> {
  const { sku } = scope;
  const [heads, rows] = await Promise.all([
    query<{ version_number: string; available: string }>(
      'SELECT version_number, available FROM products WHERE sku = $1',
      [sku],
    ),
    readRows(query, [scope], ALL),
  ]);
  const head = {
    version: Number(heads[0]?.version_number ?? 0),
    available: Number(heads[0]?.available ?? 0),
  };
  return productsOf(new Map([[sku, head]]), rows).get(sku)!();
}

/** With events; looking at an unknown SKU, or carrying out a message that changes nothing, does not make it known. */
function isOfNewProduct({ loadedVersion, events }: ProductChange): boolean {
  return loadedVersion === 0 && events.length > 0;
}

function eventsOf(changes: readonly ProductChange[]): readonly Recorded[] {
  return changes.length === 1 ? changes[0].events : changes.flatMap(({ events }) => events);
}

function newVersion({ loadedVersion, events }: ProductChange): number {
  return loadedVersion + events.length;
}

/** What the events of the change add to the pieces left in all batches of the product. */
function availableDelta({ events }: ProductChange): number {
  return events.reduce((sum, { event }) => sum + changeOfAvailable(event), 0);
}
