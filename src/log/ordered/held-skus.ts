import type { LoggedEvent, StoredEvent } from '../stored-event';

/** A SKU of which a reader gets nothing for the moment, since an event of it failed. */
export interface HeldSku {
  /** Sequence of the event that failed. That and whatever follows it waits; the log has it, so no copy is made. */
  readonly sequence: number;
  /** For that event; 0 when it was not tried yet. */
  readonly attempts: number;
  readonly error: string;
  /** When that event first failed, and when it is tried again, both as by performance.now(). */
  readonly failingSince: number;
  readonly dueAt: number;
  /** The position of the last event that waits. */
  readonly upTo: number;
}

/** How an event failed. */
export type Failure = Omit<HeldSku, 'sequence' | 'upTo'>;

/** The SKUs that are held back for one reader, and which of them have changed since that was noted. */
export class HeldSkus {
  private readonly changed = new Set<string>();
  private nextDueAt = 0;

  constructor(private readonly held: Map<string, HeldSku>) {}

  get size(): number {
    return this.held.size;
  }

  get(sku: string): HeldSku | undefined {
    return this.held.get(sku);
  }

  skus(): string[] {
    return [...this.held.keys()];
  }

  /** Whether an event that was just read waits behind one that failed. */
  covers({ sku, sequence, position }: LoggedEvent): boolean {
    const held = this.held.get(sku);
    if (!held || sequence < held.sequence) return false;
    this.held.set(sku, { ...held, upTo: position });
    return true;
  }

  /** @param upTo the position of the last event that waits with this one */
  hold({ sku, sequence }: StoredEvent, failure: Failure, upTo: number): void {
    const before = this.held.get(sku)?.upTo ?? 0;
    this.set(sku, { ...failure, sequence, upTo: Math.max(upTo, before) });
  }

  /** The event is done, and the one behind it is next. */
  goOnBehind({ sku, sequence }: StoredEvent): void {
    const { upTo, failingSince } = this.held.get(sku)!;
    const next = { sequence: sequence + 1, attempts: 0, error: '', dueAt: performance.now() };
    this.set(sku, { ...next, failingSince, upTo });
  }

  release(sku: string): void {
    this.held.delete(sku);
    this.changed.add(sku);
  }

  /** Has all of them tried again at once. */
  hasten(): void {
    const dueAt = performance.now();
    for (const [sku, held] of this.held) this.held.set(sku, { ...held, dueAt });
    this.nextDueAt = dueAt;
  }

  /** One that is due, and has nothing under way. To look again when that has ended, call `look`. */
  nextDue(isBusy: (sku: string) => boolean): string | undefined {
    const now = performance.now();
    if (now < this.nextDueAt) return undefined;
    this.nextDueAt = Infinity;
    for (const [sku, { dueAt }] of this.held) {
      if (isBusy(sku)) continue;
      this.nextDueAt = Math.min(this.nextDueAt, dueAt);
      if (dueAt <= now) return sku;
    }
    return undefined;
  }

  look(): void {
    this.nextDueAt = 0;
  }

  /** What has changed since it was taken last; undefined: no longer held. */
  takeChanges(): Map<string, HeldSku | undefined> {
    const changes = new Map([...this.changed].map((sku) => [sku, this.held.get(sku)]));
    this.changed.clear();
    return changes;
  }

  private set(sku: string, held: HeldSku): void {
    this.held.set(sku, held);
    this.changed.add(sku);
    this.nextDueAt = Math.min(this.nextDueAt, held.dueAt);
  }
}
