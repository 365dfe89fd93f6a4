import { Logger } from '@nestjs/common';

/** A mail in plain text. The sender's address is the mailer's business. */
export interface Mail {
  /** UUID. The Message-ID follows from it, so a mail that is sent again can be recognised. */
  readonly id: string;
  readonly to: string;
  /** One line. */
  readonly subject: string;
  readonly text: string;
  /** The request or message that it is due to; that which the running code works for when left out. */
  readonly correlationId?: string;
}

/** The address as a log may show it, which keeps none of persons: whom it is of does not show. */
export function masked(address: string): string {
  return address.replace(/^.*@/s, '***@');
}

/**
 * The text as a log may show it, with the address masked wherever the text repeats it. Its domain may be written in
 * another way there, as mailers and mail servers do: in lower case, or in ASCII.
 */
export function withMasked(text: string, address: string): string {
  const mailbox = /^.*@/s.exec(address)?.[0];
  if (mailbox === undefined) return text;
  return text.replace(new RegExp(mailbox.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'giu'), '***@');
}

/** The mail was refused for good: sending it again would be refused again. */
export class MailRefused extends Error {}

/** How many mails may be on their way at once, and so how many connections a mail server sees of an instance. */
export const MAILS_AT_ONCE = 3;

/** Hands mails over to whoever delivers them. */
export abstract class Mailer {
  /**
   * Resolves when the other side has taken responsibility for the mail.
   * @throws MailRefused when it never will; any other error may pass
   */
  abstract send(mail: Mail): Promise<void>;

  /** Cuts off what is still on its way, and lets go of the connections. */
  abstract close(): void;
}

/** Writes mails to the log, for a service without a mail server. */
export class LoggingMailer extends Mailer {
  private readonly logger = new Logger('Mail');

  override async send({ id, to, subject, text }: Mail): Promise<void> {
    // A warning, since nobody but the reader of the log is told.
    this.logger.warn(
      { mailId: id, text },
      `No mail server (SMTP_URL is not set); the mail to ${masked(to)} was: ${subject}`,
    );
  }

  override close(): void {}
}
