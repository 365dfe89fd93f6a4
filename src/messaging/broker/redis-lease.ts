import type { Redis } from 'ioredis';

/**
 * Takes the key, or holds on to it, unless somebody else has it: then it answers 0. Answers 1 when nobody else has had
 * it since this holder, and 2 otherwise. A Redis that was emptied knows of nobody.
 */
const TAKE = `
  local holder = redis.call('GET', KEYS[1])
  if holder and holder ~= ARGV[1] then return 0 end
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  local last = redis.call('GETSET', KEYS[1] .. ':last', ARGV[1])
  return (not last or last == ARGV[1]) and 1 or 2`;

const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`;

/**
 * The right to be the one that reads, out of all instances: a key in Redis that runs out unless its
 * holder renews it. A holder that was frozen for longer may go on for one message after it lost the
 * lease, so what the lease protects must bear to be done twice.
 */
export class RedisLease {
  /** By this process's clock, in milliseconds. */
  private validUntil = -Infinity;
  private terms = 0;
  private wanted = false;
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly redis: Redis,
    private readonly key: string,
    private readonly holder: string,
    private readonly durationMs: number,
  ) {}

  get isHeld(): boolean {
    return performance.now() < this.validUntil;
  }

  /** Another number whenever somebody else has, or has had, the lease since this holder last had it. */
  get term(): number {
    return this.terms;
  }

  /**
   * @returns whether the lease is held now; it is then renewed until it is given up or released
   * @throws Error when Redis cannot be asked
   */
  async take(): Promise<boolean> {
    this.wanted = true;
    // The key lives from some time after this moment, so it never runs out before the holder thinks so.
    const asked = performance.now();
    const taken = await this.redis.eval(TAKE, 1, this.key, this.holder, this.durationMs);
    if (!this.wanted) return false;
    if (taken !== 1) this.terms += 1;
    this.validUntil = taken !== 0 ? asked + this.durationMs : -Infinity;
    if (!this.isHeld) this.giveUp();
    else this.timer ??= setInterval(() => void this.take().catch(() => {}), this.durationMs / 3);
    return this.isHeld;
  }

  /** Forgets about the lease, whoever has it. */
  giveUp(): void {
    this.wanted = false;
    this.validUntil = -Infinity;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Lets another instance take the lease at once. */
  async release(): Promise<void> {
    this.giveUp();
    await this.redis.eval(RELEASE, 1, this.key, this.holder);
  }
}
