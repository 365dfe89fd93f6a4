const LONGEST = 60_000;

/** Files that could not be imported: not tried again at once, and more and more rarely while that goes on. */
export class Backoff {
  private readonly waits = new Map<string, { pause: number; until: number }>();

  /** @param shortest milliseconds to wait after the first failure; the longest wait is a minute */
  constructor(
    private readonly shortest: number,
    private readonly now: () => number = Date.now,
  ) {}

  isOverFor(name: string): boolean {
    return (this.waits.get(name)?.until ?? 0) <= this.now();
  }

  startFor(name: string): void {
    const pause = Math.min(LONGEST, (this.waits.get(name)?.pause ?? this.shortest / 2) * 2);
    this.waits.set(name, { pause, until: this.now() + pause });
  }

  forget(name: string): void {
    this.waits.delete(name);
  }
}
