import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { currentCorrelation } from '../../correlation';
import { Sql, type Statements } from '../../database/sql';
import type { Mail } from './mailer';

/** A mail that this instance, and no other, may try to send for the next LEASE. */
export interface ClaimedMail extends Mail {
  readonly correlationId: string;
  /** How often it was claimed, this time included. */
  readonly attempt: number;
}

/**
 * How long a claimed mail is left to its sender. It must be longer than sending may take; after a crash
 * in the middle of sending the mail goes out this much later.
 */
const LEASE = '60 s';

/** How long a mail is tried. RFC 5321, section 4.5.4.1, asks for at least 4 to 5 days. */
const GIVE_UP_AFTER = '5 days';

/** The mails that wait in the database. Any number of instances take from it side by side. Every call throws Unavailable. */
@Injectable()
export class MailQueue {
  private readonly sql: Sql;

  constructor(dataSource: DataSource) {
    this.sql = new Sql(dataSource);
  }

  /** Takes up to `limit` mails that are due. No transaction stays open: the lease alone keeps others away. */
  async claim(limit: number): Promise<ClaimedMail[]> {
    return this.sql.rows<ClaimedMail>(
      `WITH due AS (
         SELECT id FROM mail_queue WHERE sent_at IS NULL AND failed_at IS NULL AND due_at <= now()
         ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
       )
       UPDATE mail_queue q SET attempts = attempts + 1, due_at = now() + $2::interval
       FROM due WHERE q.id = due.id
       RETURNING q.id, recipient AS "to", subject, body AS text, attempts AS attempt,
         coalesce(correlation_id, q.id::text) AS "correlationId"`,
      [limit, LEASE],
    );
  }

  async markSent(ids: readonly string[]): Promise<void> {
    await this.sql.count(
      'UPDATE mail_queue SET sent_at = now(), failed_at = NULL, error = NULL WHERE id = ANY($1::uuid[])',
      [ids],
    );
  }

  /**
   * Puts the mail off until `pauseMs` have passed, or for good when it is too old. Does nothing when
   * another instance has claimed it meanwhile.
   * @returns whether it will be tried again
   */
  async putOff(mail: ClaimedMail, error: string, pauseMs: number): Promise<boolean> {
    return this.keepError(mail, error, `queued_at < now() - interval '${GIVE_UP_AFTER}'`, pauseMs);
  }

  /** Keeps the mail as failed, with its error. Whoever empties its failed_at has it tried again. */
  async giveUp(mail: ClaimedMail, error: string): Promise<void> {
    await this.keepError(mail, error, 'true', 0);
  }

  private async keepError(
    mail: ClaimedMail,
    error: string,
    isLast: string,
    pauseMs: number,
  ): Promise<boolean> {
    const changed = await this.sql.row<{ failed_at: Date | null }>(
      `UPDATE mail_queue SET error = $3, due_at = now() + $4::float8 * interval '1 ms',
         failed_at = CASE WHEN ${isLast} THEN now() END
       WHERE id = $1 AND attempts = $2
       RETURNING failed_at`,
      [mail.id, mail.attempt, error, pauseMs],
    );
    return !changed?.failed_at;
  }
}

/**
 * Takes mails away, sent or not. One that is on its way at that moment still arrives.
 * @param sql the transaction that whom they went to is forgotten in
 */
export async function removeMails(sql: Pick<Statements, 'count'>, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await sql.count('DELETE FROM mail_queue WHERE id = ANY($1::uuid[])', [ids]);
}

/**
 * Writes mails into the queue; one whose id was queued before is not queued again.
 * @param sql the transaction that what they tell of is written in
 */
export async function queueMails(sql: Pick<Statements, 'count'>, mails: readonly Mail[]): Promise<void> {
  if (mails.length === 0) return;
  await sql.count(
    `INSERT INTO mail_queue (id, recipient, subject, body, correlation_id)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) ON CONFLICT DO NOTHING`,
    [
      mails.map(({ id }) => id),
      mails.map(({ to }) => to),
      mails.map(({ subject }) => subject),
      mails.map(({ text }) => text),
      mails.map(({ correlationId }) => correlationId ?? currentCorrelation().correlationId),
    ],
  );
}
