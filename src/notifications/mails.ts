import { Injectable } from '@nestjs/common';
import { queueMails, removeMails } from './mail-queue';
import { MailSender } from './mail-sender';
import type { Mail } from './mailer';

/** Queues mails as a part of what they tell of: they go out when that is committed, and only then. */
@Injectable()
export class Mails {
  constructor(private readonly sender: MailSender) {}

  /**
   * Call `send` after the commit; without that the mails go out a second later. One whose id was queued before is not
   * queued again.
   * @param sql the transaction
   */
  queue(sql: Parameters<typeof queueMails>[0], mails: readonly Mail[]): Promise<void> {
    return queueMails(sql, mails);
  }

  /**
   * Takes mails away whose receiver is to be forgotten, sent or not.
   * @param sql the transaction
   */
  remove(sql: Parameters<typeof removeMails>[0], ids: readonly string[]): Promise<void> {
    return removeMails(sql, ids);
  }

  /** Has what was queued go out at once. */
  send(): void {
    this.sender.wake();
  }
}
