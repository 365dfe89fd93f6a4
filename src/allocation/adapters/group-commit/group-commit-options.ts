/** How much is done at once. */
export class GroupCommitOptions {
  /**
   * Units that share one commit at most; 1 gives each unit a transaction of its own. Fewer than there are
   * clients, so that some of them can be answered and heard while the database works for the others.
   */
  readonly unitsPerCommit: number = 64;
  /** Transactions under way at the same time: for the same reason two. More would mean fewer units in each. */
  readonly commits: number = 2;
  /**
   * Transactions under way at the same time for SKUs that wait for a lock or move many lines, so that they hold up nobody.
   * One at least is left for either kind, if there are two.
   */
  readonly aloneCommits: number;
  /** Units that may be on their way; the next one is refused. */
  readonly capacity: number = 10_000;
  /** How often a unit is run that keeps losing to other writers. */
  readonly attempts: number = 20;
  /**
   * Milliseconds after which a unit is answered as soon as nothing moves for it, counted from when its request came in:
   * less than the ten seconds for which clients and balancers wait as a rule.
   */
  readonly deadlineMs: number = 9_000;

  /** @param connections to the database: whoever waits for a lock must not take all of them */
  constructor(connections = 10) {
    this.aloneCommits = Math.max(1, Math.min(4, connections - 2));
  }
}
