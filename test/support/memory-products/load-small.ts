import { batchIn, orderIn, type Scope } from '../../../src/allocation/application/scope';
import { type Batch, byPreference } from '../../../src/allocation/domain/batch';
import { byDispensability, byPrecedence } from '../../../src/allocation/domain/line';
import type { Product } from '../../../src/allocation/domain/product';
import type { StoredLine } from '../../../src/allocation/adapters/apply-event';
import { productOf, type StoredProduct } from './stored-product';

/** What units of work have to see of a product. */
interface Part {
  readonly batches: ReadonlySet<Readonly<Batch>>;
  readonly lines: ReadonlySet<StoredLine>;
}

/**
 * The product, loaded as small as the database does it, so that what is not loaded there is missing here as well. What
 * has to be loaded, and why it is enough: docs/adr/0017-the-life-of-a-line.md.
 * @param scopes all that units of work have of this product
 */
export function smallProduct(
  sku: string,
  stored: StoredProduct,
  scopes: readonly Scope[],
  now: Date,
): Product {
  const { batches, lines } = partFor(stored, scopes, now.toISOString());
  return productOf(sku, stored, batches, lines, now);
}

/** What a scope needs beside the batch and the line that it names. */
interface Needs {
  /** Pieces for which a batch is sought. */
  readonly qty?: number;
  /** How many pieces the batch is to hold. */
  readonly cutTo?: number;
  /** How many fewer it is to hold. */
  readonly cutBy?: number;
  /** Pieces that it gets more. */
  readonly adds?: number;
  readonly allLines?: boolean;
  readonly givesBack?: boolean;
  readonly movesLine?: boolean;
  readonly allBatches?: boolean;
}

function needsOf(scope: Scope): Needs {
  switch (scope.looksAt) {
    case 'product':
    case 'line':
      return {};
    case 'batch':
      return { adds: scope.adds };
    case 'new line':
      return { qty: scope.qty };
    case 'line to give back':
      return { givesBack: true };
    case 'line to move':
      return { givesBack: true, movesLine: true, qty: scope.qty };
    case 'batch to change':
      return { cutTo: scope.qty };
    case 'batch to cut':
      return { cutBy: scope.pieces };
    case 'batch and lines':
      return { cutTo: scope.qty, allLines: true };
    case 'question':
      return { allBatches: true };
  }
}

function partFor({ batches, lines }: StoredProduct, named: readonly Scope[], now: string): Part {
  const scopes = named.map((scope) => ({
    ...needsOf(scope),
    orderId: orderIn(scope),
    batchRef: batchIn(scope),
  }));
  const all = [...lines.values()];
  const isHeldBy = (batchRef: string | undefined) => (line: StoredLine) =>
    line.batchRef === batchRef && line.state !== 'dispatched';
  const lineIn = ({ orderId = '' }: { orderId?: string }) => lines.get(orderId) ?? [];

  const expired = all.filter(({ expiresAt }) => expiresAt !== null && expiresAt <= now);
  const givenBack = scopes.filter(({ givesBack }) => givesBack).flatMap(lineIn);
  const orders = scopes.filter(({ orderId }) => orderId !== undefined).length;
  const displaced = [...batches.values()].flatMap((batch) => {
    const ofBatch = scopes.filter(({ batchRef }) => batchRef === batch.ref);
    const held = all.filter(isHeldBy(batch.ref));
    if (ofBatch.some(({ allLines }) => allLines)) return held;
    const gained = ofBatch.reduce((sum, { adds = 0 }) => sum + adds, 0);
    const largest = Math.max(batch.purchasedQuantity, ...ofBatch.map(({ cutTo = 0 }) => cutTo)) + gained;
    const lost = ofBatch.reduce((sum, { cutTo = largest, cutBy = 0 }) => sum + largest - cutTo + cutBy, 0);
    const isAlone = scopes.length === 1 && expired.length === 0;
    const most = isAlone ? Math.max(0, lost - batch.available) : lost && lost + orders + expired.length;
    return held.sort(byDispensability).slice(0, most);
  });

  // Each of them may give its pieces back, and each batch may get more: room for lines that wait.
  const released = new Set(
    [...expired, ...givenBack, ...displaced].filter(({ batchRef }) => batchRef !== null),
  );
  const rooms = [...batches.values(), undefined].map((batch) => {
    const ofBatch = scopes.filter(({ batchRef }) => batchRef !== undefined && batchRef === batch?.ref);
    const ofNew = scopes.filter(({ batchRef }) => batchRef !== undefined && !batches.has(batchRef));
    const added = (batch ? ofBatch : ofNew).reduce(
      (sum, { adds = 0, cutTo = 0 }) => sum + adds + Math.max(0, cutTo - (batch?.purchasedQuantity ?? 0)),
      0,
    );
    const free = added + piecesOf([...released].filter(isHeldBy(batch?.ref)));
    return free === 0 ? 0 : free + Math.max(0, batch?.available ?? 0);
  });
  const waiting = all.filter(({ state }) => state === 'waiting').sort(byPrecedence);
  const served = [...new Set(waiting.map(({ qty }) => qty))].flatMap((qty) => {
    const most = rooms.reduce((sum, room) => sum + Math.floor(room / qty), 0);
    return most === 0 ? [] : waiting.filter((line) => line.qty === qty).slice(0, most + orders);
  });

  const found = new Set([...scopes.flatMap(lineIn), ...released, ...served]);
  const touched = new Set([
    ...scopes.flatMap(({ batchRef }) => batches.get(batchRef ?? '') ?? []),
    ...[...found].flatMap(({ batchRef }) => batches.get(batchRef ?? '') ?? []),
  ]);
  const moving = scopes.filter(({ movesLine }) => movesLine).flatMap(lineIn);
  const seeking = [
    ...scopes.flatMap(({ qty }) => qty ?? []),
    ...[...moving, ...displaced].map(({ qty }) => qty),
  ];
  const untouched = [...batches.values()].filter((batch) => !touched.has(batch)).sort(byPreference);
  const fitting = [...new Set(seeking)].flatMap((qty) =>
    untouched.filter(({ available }) => available >= qty).slice(0, seeking.length),
  );
  if (scopes.some(({ allBatches }) => allBatches)) {
    return { batches: new Set(batches.values()), lines: new Set([...found, ...waiting]) };
  }
  return { batches: new Set([...touched, ...fitting]), lines: found };
}

function piecesOf(lines: readonly StoredLine[]): number {
  return lines.reduce((sum, { qty }) => sum + qty, 0);
}
