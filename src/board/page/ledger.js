// How many pieces there were, are and will be, from what the service answers.

/** The types of events that are movements. */
export const MOVEMENT_TYPES = [
  'BatchCreated',
  'BatchQuantityChanged',
  'StockAdjusted',
  'BatchArrived',
  'Dispatched',
];

/** Pieces that are in the warehouse, promised or not: what is promised and free of all batches, but for what is on its way. */
export const onHandOf = ({ available, allocated, reserved, inTransit }) =>
  available + allocated + reserved - inTransit;

/**
 * How many pieces were in the warehouse after each movement that is known.
 * @param movements the newest first; there may be older ones
 * @param batches as they are now
 * @param now pieces that are in the warehouse now
 * @returns the oldest first: when (in milliseconds), the movement's number, the pieces more in the warehouse by it (fewer, if
 *   negative), and the pieces there from then on
 */
export function onHandBefore(movements, batches, now) {
  // The movements of a batch add up to what it has; so what those that are known do not make up was there before.
  const holds = new Map(
    batches.map(({ ref, purchasedQuantity, dispatchedQuantity }) => [
      ref,
      purchasedQuantity - dispatchedQuantity,
    ]),
  );
  for (const { batchRef, pieces } of movements)
    if (holds.has(batchRef)) holds.set(batchRef, holds.get(batchRef) - pieces);
  const inTransit = new Set(batches.filter(({ eta }) => eta !== null).map(({ ref }) => ref));
  // What moves in a batch before it arrives is not in the warehouse yet.
  const yetToArrive = new Set(
    movements.filter(({ reason }) => reason === 'arrived').map(({ batchRef }) => batchRef),
  );
  let level = 0;
  const steps = [];
  for (const { batchRef, pieces, reason, occurredAt, sequence } of [...movements].reverse()) {
    const held = (holds.get(batchRef) ?? 0) + pieces;
    holds.set(batchRef, held);
    let step = 0;
    if (reason === 'arrived') {
      yetToArrive.delete(batchRef);
      step = held;
    } else if (!yetToArrive.has(batchRef) && !inTransit.has(batchRef)) step = pieces;
    level += step;
    steps.push({ at: Date.parse(occurredAt), sequence, step, level });
  }
  // What was in the warehouse before is made up for, so that the line ends at what is there now.
  return steps.map((step) => ({ ...step, level: step.level + now - level }));
}

/**
 * Arrivals by day, the warehouse as the first: with the lines that are promised their pieces.
 * @param batches the first ones, in the order in which they serve lines
 * @param here of all batches in the warehouse: the pieces in them (total), and those of them that are free
 */
export function arrivalsOf(batches, promises, here) {
  const byDay = new Map([[null, { eta: null, ...here, lines: [] }]]);
  for (const { eta, purchasedQuantity, dispatchedQuantity, availableQuantity } of batches) {
    if (eta === null) continue;
    if (!byDay.has(eta)) byDay.set(eta, { eta, total: 0, free: 0, lines: [] });
    const arrival = byDay.get(eta);
    arrival.total += purchasedQuantity - dispatchedQuantity;
    arrival.free += availableQuantity;
  }
  for (const line of promises) byDay.get(line.eta)?.lines.push(line);
  return [...byDay.values()].sort((a, b) => (a.eta ?? '').localeCompare(b.eta ?? ''));
}
