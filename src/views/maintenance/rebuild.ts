import { setTimeout as pause } from 'node:timers/promises';
import type { Recorded } from '../../allocation/contracts';
import { databaseErrorCode, LOCK_NOT_AVAILABLE } from '../../database/errors';
import type { Session, Sql, Statements } from '../../database/sql';
import { type Query, untilAnswered } from '../../database/transaction';
import { extentOfLog } from '../../log/contracts';
import { writeBatches } from '../projections/batch-rows';
import { eventsOfLog, eventsOnTheirWay } from './recorded-chunks';
import { writeForgotten } from './forgotten-events';
import { writeLines } from '../projections/line-rows';

/** A view, the tables that it is, and how it is made anew. */
export interface RebuildableView {
  /** As the command line knows it. */
  readonly name: string;
  readonly tables: readonly string[];
  /**
   * Enters events, in the same way as live, into the tables or into others that are like them. They may come more than
   * once, those of a SKU in order.
   * @param schema where the tables are, to be put before their names: empty, or a name with a dot behind it
   */
  write(query: Query, events: readonly Recorded[], schema: string): Promise<void> | void;
  /**
   * Enters what events told that are no longer retained, where nothing newer is there. Without it the view cannot be made
   * anew once events have gone.
   */
  writeForgotten?(sql: Statements, schema: string): Promise<void>;
}

const views = {
  lines: {
    name: 'lines',
    tables: ['view_lines', 'view_line_sums'],
    write: writeLines,
    writeForgotten: (sql, schema) => writeForgotten(sql, 'lines', schema),
  },
  batches: {
    name: 'batches',
    tables: ['view_batches'],
    write: writeBatches,
    writeForgotten: (sql, schema) => writeForgotten(sql, 'batches', schema),
  },
} satisfies Record<string, RebuildableView>;

/** Those of this module. */
export const rebuildableViews: readonly RebuildableView[] = Object.values(views);
export type ViewName = keyof typeof views;
export const viewNames = Object.keys(views) as ViewName[];

/** Where a view is built. It becomes the view by moving out of this schema. */
const SCHEMA = 'view_rebuild';

/** Any number, the same everywhere: who holds the advisory lock of this number rebuilds. */
const REBUILD_LOCK = 4_201_960_116;

/** How long, and how often, the new table waits for the old one to be free. */
export class SwapBackoff {
  readonly attempts: number = 60;
  /** How long one attempt lasts, in milliseconds. Others queue behind it meanwhile. */
  readonly lockMs: number = 500;
}

/** Told how far a rebuild is: events read, and events there are, about. */
export type OnProgress = (done: number, total: number) => void;

/**
 * Makes a view anew from the log of events, and of those that are gone from the write model, while the service runs: it
 * answers from the old table until the new one is complete. When it is interrupted, the old table stays, and it can be started again.
 * @param view it, or the name of one of this module
 * @throws Error when another rebuild is under way, or a table cannot be swapped because someone holds on to it
 */
export async function rebuildView(
  sql: Sql,
  view: ViewName | RebuildableView,
  onProgress: OnProgress = () => {},
  backoff = new SwapBackoff(),
): Promise<void> {
  await sql.session(async (session) => {
    const [{ mine }] = await session.rows<{ mine: boolean }>('SELECT pg_try_advisory_lock($1) AS mine', [
      REBUILD_LOCK,
    ]);
    if (!mine) throw new Error('Another rebuild is under way; wait until it has ended');
    try {
      await new Rebuild(session, typeof view === 'string' ? views[view] : view, onProgress, backoff).run();
    } finally {
      await session.rows(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`);
      await session.rows('SELECT pg_advisory_unlock($1)', [REBUILD_LOCK]);
    }
  });
}

class Rebuild {
  private readonly tables: readonly string[];
  /** Every event up to here is in the draft. */
  private position = 0;
  /** What events before this position told is in the draft: nothing is gone of a log that begins with the first. */
  private forgottenBefore = 1;

  constructor(
    private readonly sql: Session,
    private readonly view: RebuildableView,
    private readonly onProgress: OnProgress,
    private readonly backoff: SwapBackoff,
  ) {
    this.tables = view.tables;
  }

  async run(): Promise<void> {
    await this.createDraft();
    // Each round is shorter than the one before it, since fewer events have come meanwhile. What goes in the first one,
    // before it was read, is made good for in the second.
    for (let round = 1; round <= 3; round += 1) await this.catchUp();
    for (const table of this.tables) await this.sql.rows(`ANALYZE ${SCHEMA}.${table}`);
    for (let attempt = 1; !(await this.swap()); attempt += 1) {
      if (attempt === this.backoff.attempts) {
        throw new Error(
          `${this.tables[0]} is in use without a break; end what holds on to it, then start again`,
        );
      }
      await pause(this.backoff.lockMs);
      await this.catchUp();
    }
  }

  /** Empty tables like the view's. Left-overs of an interrupted rebuild go. */
  private async createDraft(): Promise<void> {
    await this.sql.rows(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`);
    await this.sql.rows(`CREATE SCHEMA ${SCHEMA}`);
    for (const table of this.tables) {
      await this.sql.rows(`CREATE TABLE ${SCHEMA}.${table} (LIKE ${table} INCLUDING ALL)`);
      const [{ options }] = await this.sql.rows<{ options: string | null }>(
        `SELECT array_to_string(reloptions, ', ') AS options FROM pg_class WHERE oid = $1::regclass`,
        [table],
      );
      if (options) await this.sql.rows(`ALTER TABLE ${SCHEMA}.${table} SET (${options})`);
    }
  }

  /** Takes in what the log has got since, and of events that have gone meanwhile what the write model knows. */
  private async catchUp(): Promise<void> {
    const { first, last } = await extentOfLog(this.sql);
    this.position = Math.max(this.position, first - 1);
    for await (const { events, position } of eventsOfLog(this.sql, this.position)) {
      await this.write(this.sql, events);
      this.position = position;
      this.onProgress(position + 1 - first, Math.max(position, last) + 1 - first);
    }
    if (first === this.forgottenBefore) return;
    if (!this.view.writeForgotten)
      throw new Error(
        `${this.view.name} cannot be made anew: events that told of it are no longer kept (EVENT_RETENTION_DAYS)`,
      );
    await this.view.writeForgotten(this.sql, `${SCHEMA}.`);
    this.forgottenBefore = first;
  }

  private write(sql: Statements, events: readonly Recorded[]): Promise<void> {
    return untilAnswered(sql.query, async (sending) => this.view.write(sending, events, `${SCHEMA}.`));
  }

  /**
   * Puts the draft in the place of the view. Projections wait meanwhile, reads only for the last moment.
   * What was projected into the old table before it was locked has been committed before, and so is read
   * here; whatever is projected later goes into the new one. An event that is numbered at this moment is found in the
   * outbox or, later, in the log.
   * @returns false when the table could not be locked soon enough; nothing has changed then
   */
  private async swap(): Promise<boolean> {
    try {
      await this.sql.transaction((sql) => this.swapIn(sql));
      return true;
    } catch (error) {
      if (databaseErrorCode(error) === LOCK_NOT_AVAILABLE) return false;
      throw error;
    }
  }

  private async swapIn(sql: Statements): Promise<void> {
    await sql.rows(`SET LOCAL lock_timeout = ${this.backoff.lockMs}`);
    await sql.rows(`LOCK TABLE ${this.tables.join()} IN SHARE ROW EXCLUSIVE MODE`);
    for await (const events of eventsOnTheirWay(sql)) await this.write(sql, events);
    for await (const { events } of eventsOfLog(sql, this.position)) await this.write(sql, events);
    const [{ schema }] = await sql.rows<{ schema: string }>(
      `SELECT relnamespace::regnamespace AS schema FROM pg_class WHERE oid = $1::regclass`,
      [this.tables[0]],
    );
    await sql.rows(`DROP TABLE ${this.tables.join()}`);
    for (const table of this.tables) await sql.rows(`ALTER TABLE ${SCHEMA}.${table} SET SCHEMA ${schema}`);
  }
}
