import { pauseBetween } from '../backoff';

/** The longest pause before a file is tried again, in milliseconds. */
const LONGEST_MS = 60_000;

/** Files that could not be imported: not tried again at once, and more and more rarely while that goes on. */
export class RetryPauses {
  private readonly waits = new Map<string, { failures: number; until: number }>();

  /** @param shortest milliseconds to wait after the first failure, or half of it by chance; the longest wait is a minute */
  constructor(
    private readonly shortest: number,
    private readonly now: () => number = Date.now,
  ) {}

  isOverFor(name: string): boolean {
    return (this.waits.get(name)?.until ?? 0) <= this.now();
  }

  startFor(name: string): void {
    const failures = (this.waits.get(name)?.failures ?? 0) + 1;
    const pause = pauseBetween(this.shortest, LONGEST_MS, failures);
    this.waits.set(name, { failures, until: this.now() + pause });
  }

  forget(name: string): void {
    this.waits.delete(name);
  }
}
