import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { pauseBetween } from '../../backoff';
import { runWithCorrelation } from '../../correlation';
import { messageOf } from '../../error-text';
import { mailAttempts } from './mail-diagnostics';
import { type ClaimedMail, MailQueue } from './mail-queue';
import { Mailer, MailRefused, MAILS_AT_ONCE, masked, withMasked } from './mailer';
import { Trouble } from '../../trouble';

/** How long to wait before looking for mails that another instance queued or that are due again. */
const POLL_MS = 1_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;
/** How long the mails under way may take when the service stops, and then how long to note what became of them. */
const STOP_MS = 5_000;
const LAST_NOTES_MS = 1_000;

/**
 * Sends the mails of the queue in the background, each until the mailer takes it or refuses it for good.
 *
 * A mail goes out at least once. When this process dies, or loses the database for longer than the
 * lease, after the mail server took a mail and before that is marked, the mail goes out once more;
 * nothing in SMTP can prevent that. The copies have the same Message-ID, by which receivers can tell.
 */
@Injectable()
export class MailSender implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(MailSender.name);
  private readonly underWay = new Set<Promise<void>>();
  /** Mails that were sent and are not marked as sent yet. */
  private readonly unmarked = new Set<string>();
  private loop: Promise<void> = Promise.resolve();
  private stopping = false;
  private readonly trouble = new Trouble(this.logger, 'Could not look for mails to send; trying again');
  private isWoken = false;
  private endIdling?: () => void;

  constructor(
    private readonly queue: MailQueue,
    private readonly mailer: Mailer,
  ) {}

  onApplicationBootstrap(): void {
    this.loop = this.run();
  }

  /** Finishes the mails under way, within bounds, and closes the mailer. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    this.wake();
    const finished = this.loop.then(() => Promise.all(this.underWay));
    await Promise.race([finished, pause(STOP_MS, undefined, { ref: false })]);
    this.mailer.close();
    await Promise.race([finished, pause(LAST_NOTES_MS, undefined, { ref: false })]);
  }

  /** Makes the sender look for mails at once. */
  wake(): void {
    this.isWoken = true;
    this.endIdling?.();
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      if ((await this.startDue()) === 0) await this.idle();
    }
  }

  /** @returns how many mails are under way now that were not before */
  private async startDue(): Promise<number> {
    try {
      // First of all, for what is not marked would be claimed again.
      await this.markSent();
      const free = MAILS_AT_ONCE - this.underWay.size;
      const mails = free > 0 ? await this.queue.claim(free) : [];
      this.trouble.end();
      for (const mail of mails) this.start(mail);
      return mails.length;
    } catch (error) {
      this.trouble.begin(error);
      return 0;
    }
  }

  private start(mail: ClaimedMail): void {
    const { correlationId, id: causationId } = mail;
    // Lines about the mail shall carry the id of the request that it is due to.
    const sending = runWithCorrelation({ correlationId, causationId }, () => this.sendOne(mail))
      .catch((error: unknown) =>
        this.logger.warn({ err: error, mailId: mail.id }, 'Could not note what became of a mail'),
      )
      .finally(() => {
        this.underWay.delete(sending);
        this.wake();
      });
    this.underWay.add(sending);
  }

  private async sendOne(mail: ClaimedMail): Promise<void> {
    try {
      await this.mailer.send(mail);
    } catch (error) {
      await this.noteFailure(mail, error);
      return;
    }
    mailAttempts.publish('sent');
    this.unmarked.add(mail.id);
    await this.markSent();
    this.logger.log({ mailId: mail.id }, `Sent to ${masked(mail.to)}: ${mail.subject}`);
  }

  private async markSent(): Promise<void> {
    const ids = [...this.unmarked];
    if (ids.length === 0) return;
    await this.queue.markSent(ids);
    for (const id of ids) this.unmarked.delete(id);
  }

  private async noteFailure(mail: ClaimedMail, error: unknown): Promise<void> {
    const message = messageOf(error);
    const details = { mailId: mail.id, attempt: mail.attempt };
    const what = `The mail to ${masked(mail.to)}, "${mail.subject}",`;
    // Mail servers repeat the address that they refuse.
    const reason = withMasked(message, mail.to);
    if (error instanceof MailRefused) {
      await this.queue.giveUp(mail, message);
      mailAttempts.publish('given up');
      this.logger.error(details, `${what} was refused for good: ${reason}`);
    } else if (await this.queue.putOff(mail, message, pauseAfter(mail.attempt))) {
      mailAttempts.publish('put off');
      this.logger.warn(details, `${what} could not be sent and will be tried again: ${reason}`);
    } else {
      mailAttempts.publish('given up');
      this.logger.error(details, `${what} could not be sent for days and is given up: ${reason}`);
    }
  }

  private async idle(): Promise<void> {
    if (!this.isWoken) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, POLL_MS).unref();
        this.endIdling = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.isWoken = false;
  }
}

/**
 * The pause after so many attempts, in milliseconds: doubling from 1 s to 5 minutes, with jitter, so that
 * what failed together is not tried together.
 */
export function pauseAfter(attempt: number): number {
  return pauseBetween(FIRST_PAUSE_MS, LONGEST_PAUSE_MS, attempt);
}
