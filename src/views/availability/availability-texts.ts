import { Availability, type LinesOfDay } from './availability';

/** SKUs whose last text is remembered, and how long a text may be for that. Together 40 MB at most. */
const MAX_SKUS = 5_000;
const MAX_LENGTH = 4_096;

/**
 * What a store keeps of a SKU, as JSON: see `StoredAvailability`. Pieces that have not left may be told with their batch or
 * with their day, and add up. An older instance leaves batches without sequence.
 */
type Stored = [
  batches: [ref: string, eta: string | null, available: number, sequence?: number, pieces?: number][],
  stock: [eta: string | null, pieces: number][],
  lines: [state: LinesOfDay['state'], eta: string | null, lines: number, pieces: number][],
  firstExpiry: number | null,
  hasExpired?: boolean,
];

/** Reads what a store keeps of a SKU. The same text on the same day means the same, and is not parsed again. */
export class AvailabilityTexts {
  private readonly last = new Map<
    string,
    { readonly text: string; readonly day: string; readonly found: Availability }
  >();

  read(sku: string, text: string): Availability {
    const day = today();
    const last = this.last.get(sku);
    if (last?.text === text && last.day === day) return last.found;
    const [batches, stock, lines, firstExpiry, hasExpired = false] = JSON.parse(text) as Stored;
    const found = new Availability(
      {
        batches: batches.map(([batchRef, eta, available, sequence = 0]) => ({
          ref: batchRef,
          eta,
          available,
          sequence,
        })),
        stock: [
          ...batches.map(([, eta, , , pieces = 0]) => ({ eta, pieces })),
          ...stock.map(([eta, pieces]) => ({ eta, pieces })),
        ],
        lines: lines.map(([state, eta, count, pieces]) => ({ state, eta, lines: count, pieces })),
        firstExpiry,
        hasExpired,
      },
      day,
    );
    this.last.delete(sku);
    if (text.length <= MAX_LENGTH) this.remember(sku, { text, day, found });
    return found;
  }

  private remember(sku: string, read: { text: string; day: string; found: Availability }): void {
    this.last.set(sku, read);
    if (this.last.size > MAX_SKUS) this.last.delete(this.last.keys().next().value!);
  }
}

/** The day in UTC, as of batches that are overdue. */
function today(): string {
  return new Date().toISOString().slice(0, 10);
}
