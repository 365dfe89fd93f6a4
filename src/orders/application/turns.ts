import { Unavailable } from '../../unavailable';

interface Waiting {
  readonly weight: number;
  readonly begin: () => void;
}

/** Has work wait while too much is under way; what came first has its turn first. */
export class Turns {
  private free: number;
  private readonly waiting: Waiting[] = [];

  /** @param most of what may be under way at once, by weight */
  constructor(private readonly most: number) {
    this.free = most;
  }

  /**
   * @param weight how much of the whole the work is; one that is heavier than all has its turn alone
   * @param timeoutMs milliseconds for which it may wait
   * @param work is told whether it had to wait
   * @throws what `work` throws; Unavailable when it had to wait for too long
   */
  async take<T>(weight: number, timeoutMs: number, work: (hadToWait: boolean) => Promise<T>): Promise<T> {
    const share = Math.min(weight, this.most);
    const hasToWait = this.waiting.length > 0 || this.free < share;
    if (hasToWait) await this.turn(share, timeoutMs);
    else this.free -= share;
    try {
      return await work(hasToWait);
    } finally {
      this.free += share;
      this.beginNext();
    }
  }

  private turn(weight: number, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        weight,
        begin: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(waiting), 1);
        reject(new Unavailable('Too many lines of orders are under way; try again in a moment'));
        // What came after it may be lighter.
        this.beginNext();
      }, timeoutMs);
      this.waiting.push(waiting);
    });
  }

  private beginNext(): void {
    while (this.waiting.length > 0 && this.waiting[0].weight <= this.free) {
      const { weight, begin } = this.waiting.shift()!;
      this.free -= weight;
      begin();
    }
  }
}
