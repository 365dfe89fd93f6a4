import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../database/sql';
import { queueMails, removeMails } from './mail-queue';
import { MailSender } from './mail-sender';
import type { Mail } from './mailer';

/** Queues mails as a part of what they tell of: they go out when that is committed, and only then. For any module. */
@Injectable()
export class Mails {
  constructor(private readonly sender: MailSender) {}

  /**
   * Queues mails within a transaction. They are sent right after its commit, each until the mail server takes it.
   *
   * A mail whose id was queued before is not queued again, for as long as sent mails are kept
   * (`SENT_MAIL_RETENTION_DAYS`): make the id of what the mail tells of, such as `event.id`. Where events may be handled
   * again that are older, ask `takeNew` (src/messaging/contracts.ts) in the same transaction.
   * @throws Unavailable
   */
  async queue(sql: Transaction, mails: readonly Mail[]): Promise<void> {
    await queueMails(sql, mails);
    if (mails.length > 0) sql.afterCommit(() => this.sender.wake());
  }

  /**
   * Takes mails away whose receiver is to be forgotten, sent or not.
   * @throws Unavailable
   */
  remove(sql: Transaction, ids: readonly string[]): Promise<void> {
    return removeMails(sql, ids);
  }
}
