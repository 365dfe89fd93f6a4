import { databaseErrorCode } from '../database/errors';

/** Items of one lot at most: a statement must not grow without bound when it could not be run for a while. */
const LOT = 5_000;

interface Waiting<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Collects what comes while the last lot is being written, and writes it in one go: events come in groups,
 * and one statement for many is far cheaper than a statement for each.
 */
export class Batcher<T> {
  private waiting: Waiting<T>[] = [];
  private writing = false;

  /** @param write writes all items or none; may be given one of them again when it has thrown */
  constructor(private readonly write: (items: readonly T[]) => Promise<void>) {}

  /**
   * Resolves when the item has been written.
   * @throws what `write` throws for this item alone, or for all of them when it is the fault of none
   */
  add(item: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.writing) return;
      this.writing = true;
      // After whatever else is being added right now.
      queueMicrotask(() => void this.writeAll());
    });
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const lot = this.waiting.splice(0, LOT);
      try {
        await this.write(lot.map(({ item }) => item));
        for (const { resolve } of lot) resolve();
      } catch (error) {
        await this.fail(lot, error);
      }
    }
    this.writing = false;
  }

  private async fail(lot: readonly Waiting<T>[], error: unknown): Promise<void> {
    if (lot.length > 1 && isFaultOfAnItem(error)) {
      for (const { item, resolve, reject } of lot) await this.write([item]).then(resolve, reject);
    } else {
      for (const { reject } of lot) reject(error);
    }
  }
}

/**
 * Whether the others may be written without the item that spoils the lot. Not so when the database is away,
 * or someone holds a lock: each of them would only wait once more.
 */
function isFaultOfAnItem(error: unknown): boolean {
  const code = databaseErrorCode(error);
  return code === undefined || /^2[23]/.test(code);
}
