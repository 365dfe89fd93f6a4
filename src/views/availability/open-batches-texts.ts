import { OpenBatches } from './availability';

/** SKUs whose last text is remembered, and how long a text may be for that. Together 40 MB at most. */
const MAX_SKUS = 5_000;
const MAX_LENGTH = 4_096;

/**
 * Makes open batches of what a store keeps of a SKU: a JSON array of [reference, day or null, pieces, sequence] in the
 * order of rule 2. An older instance leaves texts in Redis that have no sequence. The same text as last time means the same batches, and is not parsed again.
 */
export class OpenBatchesTexts {
  private readonly last = new Map<string, { readonly text: string; readonly open: OpenBatches }>();

  read(sku: string, text: string): OpenBatches {
    const last = this.last.get(sku);
    if (last?.text === text) return last.open;
    const batches = JSON.parse(text) as [string, string | null, number, number?][];
    const open = new OpenBatches(
      batches.map(([ref, eta, available, sequence = 0]) => ({ ref, eta, available, sequence })),
    );
    this.remember(sku, text, open);
    return open;
  }

  private remember(sku: string, text: string, open: OpenBatches): void {
    this.last.delete(sku);
    if (text.length > MAX_LENGTH) return;
    this.last.set(sku, { text, open });
    if (this.last.size > MAX_SKUS) this.last.delete(this.last.keys().next().value!);
  }
}
