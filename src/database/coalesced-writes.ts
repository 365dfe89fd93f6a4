import { Unavailable } from '../unavailable';
import { databaseErrorCode, LOCK_NOT_AVAILABLE } from './errors';

interface Waiting<Item> {
  readonly items: readonly Item[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Items that are written together at most, unless more of them were added together. */
const LIMIT = 5_000;

/**
 * Writes one thing after the other. What comes meanwhile is written together in one go, since one statement for many
 * is far cheaper than a statement for each; what was added together is never torn apart.
 */
export class CoalescedWrites<Item> {
  private waiting: Waiting<Item>[] = [];
  private writing = false;

  /** @param write writes all items or none; may be given some of them again when it has thrown */
  constructor(private readonly write: (items: readonly Item[]) => Promise<void>) {}

  /**
   * Resolves when these items have been written.
   * @throws what `write` throws for them
   */
  add(items: readonly Item[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ items, resolve, reject });
      if (this.writing) return;
      this.writing = true;
      // After whatever else is being added right now.
      queueMicrotask(() => void this.writeAll());
    });
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const groups = this.take();
      try {
        await this.write(groups.length === 1 ? groups[0].items : groups.flatMap(({ items }) => items));
        for (const { resolve } of groups) resolve();
      } catch (error) {
        await this.fail(groups, error);
      }
    }
    this.writing = false;
  }

  /** Finds out by writing each group alone which of them is at fault, if one is. */
  private async fail(groups: readonly Waiting<Item>[], reason: unknown): Promise<void> {
    let error = reason;
    let locked = 0;
    for (const { items, resolve, reject } of groups) {
      // Two groups that got no lock mean that the whole table is locked, and not single rows. The rest fails at once,
      // since it would only wait in vain, too.
      if (groups.length === 1 || locked === 2 || !isFaultOfItems(error)) {
        reject(error);
        continue;
      }
      await this.write(items).then(resolve, (own: unknown) => {
        if (codeOf(own) === LOCK_NOT_AVAILABLE) locked += 1;
        if (!isFaultOfItems(own)) error = own;
        reject(own);
      });
    }
  }

  private take(): Waiting<Item>[] {
    let count = this.waiting[0].items.length;
    let groups = 1;
    while (groups < this.waiting.length && count < LIMIT) count += this.waiting[groups++].items.length;
    return this.waiting.splice(0, groups);
  }
}

/** Whether the others may be written without the items that were at fault. Not so when the database is away. */
function isFaultOfItems(error: unknown): boolean {
  const code = codeOf(error);
  if (code === LOCK_NOT_AVAILABLE) return true;
  return !(error instanceof Unavailable) && (code === undefined || /^2[23]/.test(code));
}

function codeOf(error: unknown): string | undefined {
  return databaseErrorCode(error instanceof Unavailable ? error.cause : error);
}
