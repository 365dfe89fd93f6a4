import type { Database, DatabaseServer } from './database';
import type { Asked } from './load';
import { requests, some } from './report/format';
import type { Sizes } from './sizes';
import type { Summary } from './statistics';

/** What the scenarios share: where they run, how much they do, and what went wrong. */
export class Bench {
  /** What went wrong in any run, one sentence each. */
  readonly faults: string[] = [];

  constructor(
    readonly server: DatabaseServer,
    readonly sizes: Sizes,
    private readonly write: (line: string) => void,
  ) {}

  /** Says how far it is. */
  report(what: string, summary?: Summary): void {
    this.write(`  ${what}${summary ? `: ${requests(summary)}` : ''}`);
  }

  /**
   * Checks what clients were answered and what the tables say. Speed does not make up for a wrong answer, an
   * oversold batch or a lost line.
   * @param lines how many lines must be allocated by now
   */
  async check(database: Database, { failures }: Asked, lines: number): Promise<void> {
    const found = await database.lines();
    if (found !== lines) this.fail([`${lines} lines should be allocated, the database has ${found}`]);
    this.fail(failures);
    this.fail(await database.audit());
  }

  /** Notes what went wrong, one sentence each; nothing when there is none. */
  fail(faults: readonly string[]): void {
    for (const fault of some(faults, 5)) {
      this.faults.push(fault);
      this.write(`  WRONG: ${fault}`);
    }
  }
}
