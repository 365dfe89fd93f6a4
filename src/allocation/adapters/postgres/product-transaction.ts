import type { EntityManager } from 'typeorm';
import type { ProductChange, ProductTransaction } from '../../application/product-repository';
import type { Scope } from '../../application/unit-of-work';
import { Batch } from '../../domain/batch';
import { eventTypeOf } from '../../domain/events';
import { OrderLine } from '../../domain/order-line';
import { type AllocatedLine, Product } from '../../domain/product';
import { RowChanges } from './product-rows';

interface BatchRow {
  reference: string;
  sku: string;
  purchased_quantity: number;
  allocated_quantity: number;
  eta: string | null;
  position: string;
}

interface AllocationRow {
  sku: string;
  order_id: string;
  qty: number;
  batch_reference: string;
  position: string;
}

/** A quantity of a SKU that some line seeks, and how many lines seek any quantity of that SKU. */
interface Sought {
  readonly sku: string;
  readonly qty: number;
  readonly lines: number;
}

// A day must not become a Date, which would shift it by the time zone.
const BATCH_COLUMNS = `b.reference, b.sku, b.purchased_quantity, b.allocated_quantity,
  to_char(b.eta, 'YYYY-MM-DD') AS eta, b.position`;
const ALLOCATION_COLUMNS = 'a.sku, a.order_id, a.qty, a.batch_reference, a.position';

/** The version of the rows of outbox.data that this code writes. */
const EVENT_SCHEMA_VERSION = 1;

/**
 * Reads and writes products by statements over arrays: the number of statements depends on what is done
 * and not on how many products it is done to. Each reads along an index, whatever the size of the tables.
 */
export class PostgresProductTransaction implements ProductTransaction {
  constructor(protected readonly manager: EntityManager) {}

  async load(scopes: readonly Scope[], whenLocked: 'skip' | 'wait'): Promise<Map<string, () => Product>> {
    const versions = await this.lockProducts([...new Set(scopes.map(({ sku }) => sku))], whenLocked);
    const lockedScopes = scopes.filter(({ sku }) => versions.has(sku));

    const lines = await this.allocationsOf(lockedScopes);
    const thrownOff = await this.allocationsThrownOff(lockedScopes);
    const named = lockedScopes.flatMap(({ batchRef }) => batchRef ?? []);
    const batches = [
      ...(await this.batchesByReference([
        ...named,
        ...[...lines, ...thrownOff].map(({ batch_reference }) => batch_reference),
      ])),
      ...(await this.batchesThatFit(sought(lockedScopes, lines, thrownOff))),
    ];
    return factories(versions, batches, [...lines, ...thrownOff]);
  }

  async save(changes: readonly ProductChange[]): Promise<Set<string>> {
    const saved = await this.saveVersions(changes);
    const accepted = changes.filter(({ sku }) => saved.has(sku));
    const rows = new RowChanges(accepted);
    await this.insertBatches(rows);
    await this.updateBatches(rows);
    await this.deleteAllocations(rows);
    await this.insertAllocations(rows);
    await this.insertEvents(accepted);
    return new Set(changes.flatMap(({ sku }) => (saved.has(sku) ? [] : [sku])));
  }

  /** Versions by SKU, the rows locked until the transaction ends; 0 for SKUs that nobody knows. */
  protected async lockProducts(skus: string[], whenLocked: 'skip' | 'wait'): Promise<Map<string, number>> {
    // In the order of the SKUs, so that two transactions never wait for each other.
    const locked = await this.query<{ sku: string; version_number: string }>(
      `SELECT sku, version_number FROM products WHERE sku = ANY($1::text[]) ORDER BY sku
       FOR NO KEY UPDATE ${whenLocked === 'skip' ? 'SKIP LOCKED' : ''}`,
      [skus],
    );
    const versions = new Map(locked.map((row) => [row.sku, Number(row.version_number)]));
    const missing = skus.filter((sku) => !versions.has(sku));
    if (missing.length > 0) {
      const lockedByOthers = new Set(await this.existing(missing));
      for (const sku of missing) if (!lockedByOthers.has(sku)) versions.set(sku, 0);
    }
    return versions;
  }

  protected async existing(skus: string[]): Promise<string[]> {
    const rows = await this.query<{ sku: string }>('SELECT sku FROM products WHERE sku = ANY($1::text[])', [skus]);
    return rows.map(({ sku }) => sku);
  }

  private async allocationsOf(scopes: readonly Scope[]): Promise<AllocationRow[]> {
    const named = scopes.filter(({ orderId }) => orderId !== undefined);
    if (named.length === 0) return [];
    return this.query(
      `SELECT ${ALLOCATION_COLUMNS} FROM unnest($1::text[], $2::text[]) AS named (sku, order_id)
       JOIN allocations a USING (sku, order_id)`,
      [named.map(({ sku }) => sku), named.map(({ orderId }) => orderId)],
    );
  }

  /**
   * The newest lines of batches that are cut. A line has one piece at least, so there are no more lines
   * to take off than pieces missing.
   */
  private async allocationsThrownOff(scopes: readonly Scope[]): Promise<AllocationRow[]> {
    const cut = scopes.filter(({ cutTo }) => cutTo !== undefined);
    if (cut.length === 0) return [];
    return this.query(
      `SELECT ${ALLOCATION_COLUMNS} FROM unnest($1::text[], $2::int[]) AS cut (reference, qty)
       JOIN batches b USING (reference)
       CROSS JOIN LATERAL (
         SELECT * FROM allocations WHERE batch_reference = b.reference ORDER BY position DESC
         LIMIT greatest(b.allocated_quantity - cut.qty, 0)
       ) a`,
      [cut.map(({ batchRef }) => batchRef), cut.map(({ cutTo }) => cutTo)],
    );
  }

  private async batchesByReference(references: readonly string[]): Promise<BatchRow[]> {
    if (references.length === 0) return [];
    return this.query(`SELECT ${BATCH_COLUMNS} FROM batches b WHERE reference = ANY($1::text[])`, [
      [...new Set(references)],
    ]);
  }

  /**
   * The batches that rule 2 could pick. Of n lines that seek batches each may use up one, so for every
   * quantity the first n batches that fit now are enough, whatever the other lines do.
   */
  private async batchesThatFit(sought: readonly Sought[]): Promise<BatchRow[]> {
    if (sought.length === 0) return [];
    return this.query(
      `SELECT ${BATCH_COLUMNS} FROM unnest($1::text[], $2::int[], $3::int[]) AS sought (sku, qty, lines)
       CROSS JOIN LATERAL (
         SELECT * FROM batches
         WHERE sku = sought.sku AND is_open AND purchased_quantity - allocated_quantity >= sought.qty
         ORDER BY eta NULLS FIRST, position
         LIMIT sought.lines
       ) b`,
      [sought.map(({ sku }) => sku), sought.map(({ qty }) => qty), sought.map(({ lines }) => lines)],
    );
  }

  /** @returns the SKUs whose version was still the one that was loaded */
  protected async saveVersions(changes: readonly ProductChange[]): Promise<Set<string>> {
    const saved = new Set<string>();
    const news = changes.filter(({ loadedVersion }) => loadedVersion === 0);
    if (news.length > 0) {
      const inserted = await this.query<{ sku: string }>(
        `INSERT INTO products (sku, version_number) SELECT * FROM unnest($1::text[], $2::bigint[])
         ORDER BY 1 ON CONFLICT DO NOTHING RETURNING sku`,
        [news.map(({ sku }) => sku), news.map(newVersion)],
      );
      for (const { sku } of inserted) saved.add(sku);
    }
    const olds = changes.filter(({ loadedVersion }) => loadedVersion > 0);
    if (olds.length > 0) {
      const updated = await this.query<{ sku: string }>(
        `UPDATE products p SET version_number = changed.version
         FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS changed (sku, loaded, version)
         WHERE p.sku = changed.sku AND p.version_number = changed.loaded RETURNING p.sku`,
        [olds.map(({ sku }) => sku), olds.map(({ loadedVersion }) => loadedVersion), olds.map(newVersion)],
      );
      for (const { sku } of updated) saved.add(sku);
    }
    return saved;
  }

  private async insertBatches(rows: RowChanges): Promise<void> {
    const batches = [...rows.newBatches.values()];
    if (batches.length === 0) return;
    await this.query(
      `INSERT INTO batches (reference, sku, purchased_quantity, allocated_quantity, eta, position, is_open)
       SELECT *, purchased > allocated
       FROM unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::date[], $6::bigint[])
         AS new (reference, sku, purchased, allocated, eta, position)`,
      [
        batches.map(({ reference }) => reference),
        batches.map(({ sku }) => sku),
        batches.map(({ purchasedQuantity }) => purchasedQuantity),
        batches.map(({ allocatedQuantity }) => allocatedQuantity),
        batches.map(({ eta }) => eta),
        batches.map(({ position }) => position),
      ],
    );
  }

  private async updateBatches(rows: RowChanges): Promise<void> {
    const batches = [...rows.changedBatches.values()];
    if (batches.length === 0) return;
    // Adding to the counter, instead of setting it, lets its CHECK refuse an oversold batch even if two
    // writers got here with the same state of the product.
    await this.query(
      `UPDATE batches b
       SET purchased_quantity = coalesce(changed.purchased, b.purchased_quantity),
           allocated_quantity = b.allocated_quantity + changed.delta,
           is_open = coalesce(changed.purchased, b.purchased_quantity) > b.allocated_quantity + changed.delta
       FROM unnest($1::text[], $2::int[], $3::int[]) AS changed (reference, purchased, delta)
       WHERE b.reference = changed.reference`,
      [
        batches.map(({ reference }) => reference),
        batches.map(({ purchasedQuantity }) => purchasedQuantity),
        batches.map(({ allocatedDelta }) => allocatedDelta),
      ],
    );
  }

  private async deleteAllocations({ removedAllocations: removed }: RowChanges): Promise<void> {
    if (removed.length === 0) return;
    await this.query(
      `DELETE FROM allocations a USING unnest($1::text[], $2::text[]) AS removed (sku, order_id)
       WHERE a.sku = removed.sku AND a.order_id = removed.order_id`,
      [removed.map(({ sku }) => sku), removed.map(({ orderId }) => orderId)],
    );
  }

  private async insertAllocations({ newAllocations: added }: RowChanges): Promise<void> {
    if (added.length === 0) return;
    await this.query(
      `INSERT INTO allocations (sku, order_id, qty, batch_reference, position)
       SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::bigint[])`,
      [
        added.map(({ sku }) => sku),
        added.map(({ orderId }) => orderId),
        added.map(({ qty }) => qty),
        added.map(({ batchRef }) => batchRef),
        added.map(({ position }) => position),
      ],
    );
  }

  private async insertEvents(changes: readonly ProductChange[]): Promise<void> {
    const events = changes.flatMap((change) => change.events);
    if (events.length === 0) return;
    await this.query(
      `INSERT INTO outbox (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data)
       SELECT id, type, ${EVENT_SCHEMA_VERSION}, sku, sequence, occurred_at, correlation_id, causation_id, data
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::text[], $7::text[], $8::jsonb[])
         AS new (id, type, sku, sequence, occurred_at, correlation_id, causation_id, data)`,
      [
        events.map(({ id }) => id),
        events.map(({ event }) => eventTypeOf(event)),
        events.map(({ event }) => event.sku),
        events.map(({ sequence }) => sequence),
        events.map(({ occurredAt }) => occurredAt),
        events.map(({ correlationId }) => correlationId),
        events.map(({ causationId }) => causationId),
        events.map(({ event }) => JSON.stringify(event)),
      ],
    );
  }

  /** TypeORM answers rows to a SELECT or INSERT, and rows with a count to an UPDATE or DELETE. */
  protected async query<Row>(sql: string, parameters: unknown[]): Promise<Row[]> {
    const answer = await this.manager.query<Row[] | [Row[], number]>(sql, parameters);
    return (Array.isArray(answer[0]) ? answer[0] : answer) as Row[];
  }
}

function newVersion({ loadedVersion, events }: ProductChange): number {
  return loadedVersion + events.length;
}

/** What the scopes seek batches for: lines to be allocated, and lines that will be moved. */
function sought(scopes: readonly Scope[], lines: AllocationRow[], thrownOff: AllocationRow[]): Sought[] {
  const moving = new Set(scopes.filter(({ movesLines }) => movesLines).map(({ sku, orderId }) => `${orderId}\0${sku}`));
  const seekers = [
    ...scopes.filter(({ qty }) => qty !== undefined),
    ...lines.filter(({ sku, order_id }) => moving.has(`${order_id}\0${sku}`)),
    ...thrownOff,
  ];
  const quantities = new Map<string, { lines: number; distinct: Set<number> }>();
  for (const { sku, qty } of seekers) {
    const ofSku = quantities.get(sku) ?? { lines: 0, distinct: new Set() };
    quantities.set(sku, ofSku);
    ofSku.lines += 1;
    ofSku.distinct.add(qty!);
  }
  return [...quantities].flatMap(([sku, { lines: count, distinct }]) =>
    [...distinct].map((qty) => ({ sku, qty, lines: count })),
  );
}

function factories(
  versions: Map<string, number>,
  batchRows: readonly BatchRow[],
  lineRows: readonly AllocationRow[],
): Map<string, () => Product> {
  const batchesOf = new Map<string, Map<string, BatchRow>>();
  for (const row of batchRows) {
    let rows = batchesOf.get(row.sku);
    if (!rows) batchesOf.set(row.sku, (rows = new Map()));
    rows.set(row.reference, row);
  }
  const linesOf = new Map<string, AllocationRow[]>();
  for (const row of lineRows) {
    const rows = linesOf.get(row.sku);
    if (rows) rows.push(row);
    else linesOf.set(row.sku, [row]);
  }
  return new Map(
    [...versions].map(([sku, version]) => [
      sku,
      () => toProduct(sku, version, batchesOf.get(sku)?.values() ?? [], linesOf.get(sku) ?? []),
    ]),
  );
}

function toProduct(
  sku: string,
  version: number,
  batchRows: Iterable<BatchRow>,
  lineRows: readonly AllocationRow[],
): Product {
  const batches = new Map<string, Batch>();
  for (const { reference, purchased_quantity, eta, position, allocated_quantity } of batchRows) {
    batches.set(reference, new Batch(reference, purchased_quantity, eta, Number(position), allocated_quantity));
  }
  const lines = lineRows.map((row): AllocatedLine => {
    const batch = batches.get(row.batch_reference);
    if (!batch) throw new Error(`Batch ${row.batch_reference} of an allocated line was not loaded`);
    return { line: new OrderLine(row.order_id, sku, row.qty), batch, position: Number(row.position) };
  });
  return new Product(sku, version, batches.values(), lines);
}
