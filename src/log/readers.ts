import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { READS } from '../database/data-source';
import { Sql, type Statements, WAITED_FOR } from '../database/sql';
import { newId } from '../ids';
import { DISORDER_MS, positionBefore } from './find-event';

/** What reads the log: a handler of events, the broker, or an endpoint of a webhook. */
export type ReaderKind = 'handler' | 'broker' | 'webhook';

/** Where a reader begins that is new: with the oldest event that is retained, or with what comes from now on. */
export type Beginning = 'beginning' | 'now';

/** Whoever reads the log, and how far it has come. */
export interface Reader {
  readonly name: string;
  readonly kind: ReaderKind;
  readonly registeredAt: Date;
  /** When an instance of the service last read for it. */
  readonly seenAt: Date;
  /** Everything up to here has reached it, or is in `failing`. */
  readonly position: number;
  /** Events that it has not read yet; of those that are not numbered yet, `COUNT_LIMIT` at most are counted. */
  readonly lag: number;
  /** Events that it failed on, or that wait behind such a one; they are tried again. */
  readonly failing: number;
  /** Events that it failed on for the last time. */
  readonly deadLetters: number;
}

/** The right of one instance to read for a reader. */
export interface Lease {
  readonly name: string;
  readonly position: number;
  /** Up to here events are handed over whoever has handled them before: the reader is new, or replays. */
  readonly replayedTo: number;
  /** Larger whenever another instance has taken over: whoever comes with a smaller one has lost the lease. */
  readonly fence: number;
  /** When it ends, unless it is renewed; as by performance.now(), and never later than the database has it. */
  readonly validUntil: number;
}

/** The lease has gone to another instance meanwhile, or the reader was removed or set back. */
export class LeaseLost extends Error {
  constructor(readonly reader: string) {
    super(`Another instance reads for ${reader} now, or it was removed or replayed`);
  }
}

/**
 * For how long an instance reads for a reader without saying so again, in milliseconds: longer than a round takes. One
 * that dies is followed by another after that.
 */
export const LEASE_MS = 10_000;

/** Grows by the clock, so that it does also where a reader was removed in between, or the database restored. */
const NEXT_FENCE = `greatest(fence + 1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)`;

/** For how long a lease is still good. */
const VALID_MS = `extract(epoch FROM held_until - now())::float8 * 1000 AS valid_ms`;

/** Events of a sort that are counted at most, so that many of them cost no more. */
export const COUNT_LIMIT = 10_000;
/** The expression that counts rows up to there. @param table and, behind it, a condition */
export const countOf = (table: string) =>
  `(SELECT count(*) FROM (SELECT FROM ${table} LIMIT ${COUNT_LIMIT}) counted)::float8`;

/**
 * Has whoever holds the lease begin anew, with what the reader is now: nothing that it does under the fence of before counts
 * from then on. It keeps the lease, since it may be handing something over, and nobody else must do so beside it.
 */
const BEGIN_ANEW = `fence = ${NEXT_FENCE}`;

/**
 * Who reads the log, and how far each has come: one row for each reader, the same for all instances. One instance at a
 * time reads for a reader; rows of the database decide which, so it works wherever the database does.
 */
@Injectable()
export class Readers {
  /** This instance, as a holder of leases. */
  private readonly holder = newId();
  private readonly sql: Sql;
  /** For what clients ask to have changed. */
  private readonly asked: Sql;
  private readonly reads: Sql;

  constructor(dataSource: DataSource, @InjectDataSource(READS) reads: DataSource = dataSource) {
    this.sql = new Sql(dataSource);
    this.asked = new Sql(dataSource, WAITED_FOR);
    this.reads = new Sql(reads);
  }

  /**
   * Makes a reader known; one that is known already stays where it is. Nobody is waited for who holds its row: an instance
   * starts, too, while another one is frozen in the middle of reading.
   * @param sql the transaction that what belongs to it is written in; so for the others
   */
  async register(
    name: string,
    kind: ReaderKind,
    beginsWith: Beginning,
    sql: Statements = this.sql,
  ): Promise<void> {
    await sql.count(
      `INSERT INTO readers (name, kind, position, replayed_to)
       SELECT $1, $2, CASE $3 WHEN 'now' THEN position ELSE first_position - 1 END,
              CASE $3 WHEN 'now' THEN 0 ELSE position END
       FROM log_head
       ON CONFLICT (name) DO NOTHING`,
      [name, kind, beginsWith],
    );
    await sql.count(
      `UPDATE readers SET kind = $2, seen_at = now()
       WHERE name = ANY (ARRAY(SELECT name FROM readers WHERE name = $1 FOR UPDATE SKIP LOCKED))`,
      [name, kind],
    );
  }

  /**
   * Takes the leases of these readers that no other instance holds, or renews them when half of their time is over.
   * @returns those that are held now
   */
  async lease(names: readonly string[]): Promise<Lease[]> {
    // The database counts from some time after this moment, so a lease never ends before its holder thinks so.
    const asked = performance.now();
    const held = await this.sql.rows<LeaseRow>(
      `SELECT name, position, replayed_to, fence, ${VALID_MS} FROM readers
       WHERE name = ANY ($1::text[]) AND holder = $2::uuid AND held_until > now() + $3 * interval '1 ms'`,
      [names, this.holder, LEASE_MS / 2],
    );
    const others = names.filter((name) => !held.some((lease) => lease.name === name));
    const taken = others.length > 0 ? await this.take(others) : [];
    return [...held, ...taken].map(({ name, position, replayed_to, fence, valid_ms }) => ({
      name,
      position: Number(position),
      replayedTo: Number(replayed_to),
      fence: Number(fence),
      validUntil: asked + valid_ms,
    }));
  }

  private async take(names: readonly string[]): Promise<LeaseRow[]> {
    return this.sql.rows<LeaseRow>(
      `UPDATE readers
       SET fence = CASE WHEN holder = $2::uuid THEN fence ELSE ${NEXT_FENCE} END, holder = $2::uuid, seen_at = now(),
           held_until = now() + $3 * interval '1 ms'
       WHERE name = ANY (ARRAY(
         SELECT name FROM readers
         WHERE name = ANY ($1::text[]) AND (held_until IS NULL OR held_until < now() OR holder = $2::uuid)
         ORDER BY name FOR UPDATE SKIP LOCKED))
       RETURNING name, position, replayed_to, fence, ${VALID_MS}`,
      [names, this.holder, LEASE_MS],
    );
  }

  /**
   * Moves a reader on.
   * @param sql the transaction that what belongs to it is written in
   * @throws LeaseLost; then nothing may have been handed over on the strength of this lease
   */
  async advance(
    { name, position: from, fence }: Lease,
    position: number,
    sql: Statements = this.sql,
  ): Promise<void> {
    const moved = await sql.count(
      'UPDATE readers SET position = $4 WHERE name = $1 AND fence = $2 AND position = $3',
      [name, fence, from, position],
    );
    if (moved === 0) throw new LeaseLost(name);
  }

  /** Lets other instances read for these readers at once. */
  async release(names: readonly string[]): Promise<void> {
    await this.sql.count(
      'UPDATE readers SET held_until = NULL WHERE name = ANY ($1::text[]) AND holder = $2::uuid',
      [names, this.holder],
    );
  }

  async isRegistered(name: string): Promise<boolean> {
    return (await this.sql.row('SELECT FROM readers WHERE name = $1', [name])) !== undefined;
  }

  /** All of them, by name. Of what is counted 10,000 at most are. */
  async list(): Promise<Reader[]> {
    return this.reads.rows<Reader>(
      `SELECT name, kind, registered_at AS "registeredAt", seen_at AS "seenAt", r.position::float8 AS position,
              greatest(h.position - r.position, 0)::float8 + ${countOf('outbox WHERE position > settled')} AS lag,
              ${countOf('redeliveries WHERE reader = name')} AS failing,
              ${countOf('dead_letters WHERE handler = name')} AS "deadLetters"
       FROM readers r CROSS JOIN log_head h ORDER BY name`,
    );
  }

  /**
   * The names of the readers that have not read an event for longer than that.
   * @param seconds since it happened
   */
  async waitedFor(seconds: number): Promise<string[]> {
    const rows = await this.reads.rows<{ name: string }>(
      `SELECT name FROM readers r
       WHERE (SELECT occurred_at FROM log WHERE log.position > r.position ORDER BY log.position LIMIT 1)
             < now() - $1 * interval '1 s'`,
      [seconds],
    );
    return rows.map(({ name }) => name);
  }

  /**
   * Has a reader read everything again from somewhere on: events come to it once more, whatever became of them before.
   * @param from the events from a time on, or after a position; all that are retained when left out
   * @returns how many events it will get, at least; undefined when there is no reader of that name
   */
  async replay(name: string, from?: Date | number): Promise<number | undefined> {
    return this.asked.once(async (sql) => {
      // From here on nobody notes what failed, so that whatever did lies before the head.
      const moved = await sql.count(`UPDATE readers SET ${BEGIN_ANEW} WHERE name = $1`, [name]);
      if (moved === 0) return undefined;
      const [head] = await sql.rows<{ position: string; first: string }>(
        'SELECT position, first_position AS first FROM log_head',
      );
      const [first, last] = [Number(head.first), Number(head.position)];
      const after =
        from instanceof Date
          ? await positionBefore(sql, from.getTime() - DISORDER_MS, first, last)
          : (from ?? first - 1);
      await sql.count('UPDATE readers SET position = least(position, $2), replayed_to = $3 WHERE name = $1', [
        name,
        after,
        last,
      ]);
      // What an older version of the service had to pass behind that place is read again.
      await sql.count('DELETE FROM skipped_events WHERE reader = $1 AND first_position > $2', [name, after]);
      await sql.count(
        'UPDATE skipped_events SET last_position = $2 WHERE reader = $1 AND last_position > $2',
        [name, after],
      );
      // So is what failed there, each SKU in its order, and must not come before.
      await sql.count(
        `DELETE FROM redeliveries d
         WHERE reader = $1 AND event IS NULL
           AND (SELECT position FROM log l WHERE l.sku = d.sku AND l.sequence = d.sequence LIMIT 1) BETWEEN $2 AND $3`,
        [name, after + 1, last],
      );
      return last - after;
    });
  }

  /**
   * Has what a reader failed on tried again now, as if it had failed for the first time, and whoever reads for it look the
   * reader up anew.
   */
  async retry(name: string, sql: Statements = this.sql): Promise<void> {
    await sql.count(`UPDATE readers SET ${BEGIN_ANEW} WHERE name = $1`, [name]);
    await sql.count(
      'UPDATE redeliveries SET first_failed_at = now(), next_attempt_at = now() WHERE reader = $1',
      [name],
    );
  }

  /**
   * Forgets a reader that is gone for good, with what it failed on.
   * @param unseenSince only if no instance has read for it since then
   * @returns how many events it had not had; undefined when there is no such reader
   */
  async remove(name: string, sql?: Statements, unseenSince?: Date): Promise<number | undefined> {
    if (!sql) return this.asked.transaction((inner) => this.remove(name, inner, unseenSince));
    const removed = await sql.row<{ lag: number }>(
      `DELETE FROM readers WHERE name = $1 AND ($2::timestamptz IS NULL OR seen_at < $2)
       RETURNING ((SELECT position FROM log_head) - position)::float8 AS lag`,
      [name, unseenSince ?? null],
    );
    if (!removed) return undefined;
    await sql.count('DELETE FROM skipped_events WHERE reader = $1', [name]);
    return removed.lag + (await sql.count('DELETE FROM redeliveries WHERE reader = $1', [name]));
  }
}

interface LeaseRow {
  readonly name: string;
  readonly position: string;
  readonly replayed_to: string;
  readonly fence: string;
  readonly valid_ms: number;
}
