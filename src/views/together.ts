/** So many statements of one kind are under way at once at most, each for so many that ask. */
const STATEMENTS = 2;
const LOT = 256;

/**
 * Asks in one go what is asked at the same time: one statement for many costs little more than one for
 * each. It begins after the last of them has asked, so each sees all that was there when it did.
 */
export class Together<Key, Answer> {
  private waiting: {
    readonly key: Key;
    readonly resolve: (answer: Answer) => void;
    readonly reject: (error: unknown) => void;
  }[] = [];
  private statements = 0;

  /** @param ask answers all keys, in their order, or throws */
  constructor(private readonly ask: (keys: readonly Key[]) => Promise<readonly Answer[]>) {}

  /** @throws what `ask` throws */
  get(key: Key): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ key, resolve, reject });
      // After whatever else is asked right now.
      queueMicrotask(() => this.start());
    });
  }

  private start(): void {
    while (this.waiting.length > 0 && this.statements < STATEMENTS)
      void this.answer(this.waiting.splice(0, LOT));
  }

  private async answer(lot: typeof this.waiting): Promise<void> {
    this.statements += 1;
    try {
      const answers = await this.ask(lot.map(({ key }) => key));
      lot.forEach(({ resolve }, index) => resolve(answers[index]));
    } catch (error) {
      for (const { reject } of lot) reject(error);
    } finally {
      this.statements -= 1;
      this.start();
    }
  }
}
