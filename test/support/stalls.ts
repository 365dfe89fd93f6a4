/** How often it is looked at the clock, in milliseconds. */
const LOOK_MS = 10;
/** How late a look may be on a machine that is merely busy, in milliseconds. */
const LATE_MS = 40;

/**
 * Measures how long something takes, and leaves out the time in which the machine stood still.
 *
 * When a process goes on after a stall, its timers run before its sockets are read: each timeout that is shorter than the
 * stall has run out, although the answer may lie there. A limit by the clock then fails whoever keeps it. The time in
 * which this process did nothing, though it was to look at the clock, is what the stall took; that in which it computed
 * counts.
 */
export class Stopwatch {
  private readonly began = performance.now();
  private looked = this.began;
  private cpu = process.cpuUsage();
  private stalled = 0;
  private readonly looking = setInterval(() => this.look(), LOOK_MS).unref();

  /** Milliseconds since it was made, without the stalls. */
  get ms(): number {
    this.look();
    return this.looked - this.began - this.stalled;
  }

  /** Milliseconds of stalls since it was made. */
  get stalledMs(): number {
    this.look();
    return this.stalled;
  }

  /** Ends the measuring. @returns milliseconds since it was made, without the stalls */
  stop(): number {
    const { ms } = this;
    clearInterval(this.looking);
    return ms;
  }

  private look(): void {
    const now = performance.now();
    const { user, system } = process.cpuUsage(this.cpu);
    const late = now - this.looked - LOOK_MS;
    if (late > LATE_MS) this.stalled += Math.max(late - (user + system) / 1_000, 0);
    this.looked = now;
    this.cpu = process.cpuUsage();
  }
}
