import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Sql } from '../database/sql';
import { Polling } from '../polling';
import { Trouble } from '../trouble';

/**
 * What came of a round: there is more to remove, nothing for now, or somebody else was in the way, who must not be held
 * up.
 */
export type Outcome = 'more' | 'done' | 'locked';

/** For how long something is kept, and how it is removed afterwards. */
export interface RetentionRule {
  /** The name of the rule, the same in every version of the service. */
  readonly name: string;
  /** For how many days something is kept; 0: for good. */
  readonly days: number;
  /**
   * Removes some of what is older, in about a second at most. Two instances may be at it at the same time.
   * @param before what happened then or later stays
   */
  readonly expire: (before: Date) => Promise<Outcome>;
}

/** How long it takes until another instance takes over a rule from one that has died over it. */
const LEASE = '5 min';

/** The pause after a round, in milliseconds: removing is in no hurry, and leaves the database to commands. */
const PAUSE_MS: Readonly<Record<Outcome, number>> = { more: 50, locked: 2_000, done: 600_000 };

/** How often an instance looks for a rule that is due, in milliseconds. */
const POLL_MS = 5_000;

/** The pause after the start, in milliseconds: by then every reader of this version has said that it is there. */
const START_MS = 60_000;

interface Due {
  readonly name: string;
  readonly kept_since: Date;
}

/**
 * Removes what is no longer kept (promise 6). A module registers a rule for each of its tables that grows with time; one
 * instance at a time follows it, a small piece in each round. A row of the database decides which instance, so it works
 * wherever the database does.
 */
@Injectable()
export class Retention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Retention.name);
  private readonly sql: Sql;
  private readonly rules = new Map<string, { readonly rule: RetentionRule; readonly trouble: Trouble }>();
  private readonly polling = new Polling(() => this.round());
  private readonly trouble = new Trouble(this.logger, 'Could not look for what is no longer kept');
  private introduced = false;

  constructor(dataSource: DataSource) {
    this.sql = new Sql(dataSource);
  }

  /** To be called before the application has started. */
  register(rule: RetentionRule): void {
    if (rule.days <= 0) return;
    const trouble = new Trouble(this.logger, `Could not remove what is no longer kept of ${rule.name}`);
    this.rules.set(rule.name, { rule, trouble });
  }

  /** The names of the rules that this instance follows. */
  get names(): readonly string[] {
    return [...this.rules.keys()];
  }

  onApplicationBootstrap(): void {
    this.polling.start(START_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.polling.stop();
  }

  /** @returns the pause until the next round, in milliseconds */
  private async round(): Promise<number> {
    try {
      const outcome = await this.removeDue();
      this.trouble.end();
      return outcome === 'more' ? PAUSE_MS.more : POLL_MS;
    } catch (error) {
      this.trouble.begin(error);
      return POLL_MS;
    }
  }

  /**
   * Follows the rule that has been due for longest, for one round.
   * @returns undefined when none is due, or other instances are at it
   */
  async removeDue(): Promise<Outcome | undefined> {
    await this.introduce();
    const due = await this.claim();
    if (!due) return undefined;
    const { rule, trouble } = this.rules.get(due.name)!;
    try {
      const outcome = await rule.expire(due.kept_since);
      await this.sql.count(
        `UPDATE retention SET due_at = now() + $2::int * interval '1 ms' WHERE name = $1`,
        [due.name, PAUSE_MS[outcome]],
      );
      trouble.end();
      return outcome;
    } catch (error) {
      // It is tried again when the lease has run out.
      trouble.begin(error);
      return 'locked';
    }
  }

  /** Takes the lease of a rule that is due. What is kept begins no earlier than it did: what is gone does not return. */
  private async claim(): Promise<Due | undefined> {
    return this.sql.row<Due>(
      `UPDATE retention
       SET due_at = now() + interval '${LEASE}', kept_since = greatest(kept_since, now() - days * interval '1 day')
       FROM unnest($1::text[], $2::int[]) AS rule (rule_name, days)
       WHERE rule_name = name AND name = (
         SELECT name FROM retention WHERE name = ANY ($1::text[]) AND due_at <= now()
         ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING name, kept_since`,
      [[...this.rules.keys()], [...this.rules.values()].map(({ rule }) => rule.days)],
    );
  }

  /** Writes a row for each rule that has none yet. */
  private async introduce(): Promise<void> {
    if (this.introduced) return;
    await this.sql.count(
      'INSERT INTO retention (name) SELECT unnest($1::text[]) ON CONFLICT (name) DO NOTHING',
      [[...this.rules.keys()]],
    );
    this.introduced = true;
  }
}
