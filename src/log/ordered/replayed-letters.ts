import type { StoredEvent } from '../stored-event';
import type { Failure } from './held-skus';

/** An event that is handed over once more, though nothing waits behind it. */
export interface ReplayedLetter {
  readonly event: StoredEvent;
  readonly attempts: number;
  /** When it first failed since it is replayed, and when it is tried again, both as by performance.now(). */
  readonly failingSince?: number;
  readonly dueAt: number;
}

/** Letters that are known at most, and how many more than are known are asked for. */
const MAX_LETTERS = 1_000;
const MORE = 50;

/** The dead letters of one reader that are replayed: single events, of which nothing else waits. */
export class ReplayedLetters {
  private readonly letters = new Map<string, ReplayedLetter>();
  private done: StoredEvent[] = [];

  /** How many to ask for. Those that failed are among them, and must not keep back what was not tried yet. */
  get most(): number {
    return Math.min(this.letters.size + MORE, MAX_LETTERS);
  }

  /** Does nothing when it is known already. */
  add(event: StoredEvent): void {
    if (this.letters.has(event.id) || this.done.some(({ id }) => id === event.id)) return;
    this.letters.set(event.id, { event, attempts: 0, dueAt: performance.now() });
  }

  nextDue(isBusy: (sku: string) => boolean): ReplayedLetter | undefined {
    const now = performance.now();
    return [...this.letters.values()].find(({ event, dueAt }) => dueAt <= now && !isBusy(event.sku));
  }

  putOff(event: StoredEvent, { attempts, failingSince, dueAt }: Failure): void {
    this.letters.set(event.id, { event, attempts, failingSince, dueAt });
  }

  /** A letter was handed over, or is dead again. */
  finish(event: StoredEvent): void {
    this.letters.delete(event.id);
    this.done.push(event);
  }

  /** What was finished since this was taken last. */
  takeDone(): readonly StoredEvent[] {
    const { done } = this;
    this.done = [];
    return done;
  }
}
