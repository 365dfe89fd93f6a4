/**
 * Collects what comes while the last lot is being written, and writes it in one go: events come in groups,
 * and one statement for many is far cheaper than a statement for each.
 */
export class Batcher<T> {
  private waiting: {
    readonly item: T;
    readonly resolve: () => void;
    readonly reject: (error: unknown) => void;
  }[] = [];
  private writing = false;

  /** @param write writes all items or none; may be given one of them again when it has thrown */
  constructor(private readonly write: (items: readonly T[]) => Promise<void>) {}

  /**
   * Resolves when the item has been written.
   * @throws what `write` throws for this item alone
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
      const lot = this.waiting;
      this.waiting = [];
      try {
        await this.write(lot.map(({ item }) => item));
        for (const { resolve } of lot) resolve();
      } catch {
        for (const { item, resolve, reject } of lot) await this.write([item]).then(resolve, reject);
      }
    }
    this.writing = false;
  }
}
