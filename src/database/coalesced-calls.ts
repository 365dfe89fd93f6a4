import { Unavailable } from '../unavailable';

/** Calls that share a statement at most. */
const MAX_CALLS = 256;

/**
 * Makes one call of those that come at the same time, each of which gets its own answer: one statement for many costs
 * little more than one for each. It begins after the last of them has come, so each sees all that was there when it did.
 * One statement at a time is under way: two would each be for half as many, and cost more than they gain. What needs no
 * answer is written by `CoalescedWrites`.
 *
 * When the database does not answer, the calls that wait behind fail with those that were asked: they have waited for as
 * long, and would have to wait for as long once more.
 */
export class CoalescedCalls<Key, Answer> {
  private waiting: {
    readonly key: Key;
    readonly resolve: (answer: Answer) => void;
    readonly reject: (error: unknown) => void;
  }[] = [];
  private asking = false;

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
    if (this.waiting.length === 0 || this.asking) return;
    this.asking = true;
    void this.answer(this.waiting.splice(0, MAX_CALLS)).finally(() => {
      this.asking = false;
      this.start();
    });
  }

  private async answer(group: typeof this.waiting): Promise<void> {
    try {
      const answers = await this.ask(group.map(({ key }) => key));
      group.forEach(({ resolve }, index) => resolve(answers[index]));
    } catch (error) {
      const behind = error instanceof Unavailable ? this.waiting.splice(0) : [];
      for (const { reject } of [...group, ...behind]) reject(error);
    }
  }
}
