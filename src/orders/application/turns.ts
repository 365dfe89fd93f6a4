/** Has work wait while too much is under way; what came first has its turn first. */
export class Turns {
  private free: number;
  private readonly waiting: { readonly weight: number; readonly begin: () => void }[] = [];

  /** @param most of what may be under way at once, by weight */
  constructor(private readonly most: number) {
    this.free = most;
  }

  /**
   * @param weight how much of the whole the work is; one that is heavier than all has its turn alone
   * @throws what `work` throws
   */
  async take<T>(weight: number, work: () => Promise<T>): Promise<T> {
    const share = Math.min(weight, this.most);
    if (this.waiting.length > 0 || this.free < share)
      await new Promise<void>((begin) => this.waiting.push({ weight: share, begin }));
    else this.free -= share;
    try {
      return await work();
    } finally {
      this.free += share;
      this.beginNext();
    }
  }

  private beginNext(): void {
    while (this.waiting.length > 0 && this.waiting[0].weight <= this.free) {
      const { weight, begin } = this.waiting.shift()!;
      this.free -= weight;
      begin();
    }
  }
}
