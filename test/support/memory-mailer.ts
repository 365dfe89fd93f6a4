import { type Mail, Mailer, MailRefused } from '../../src/notifications/mail/mailer';

/** Keeps mails in memory. */
export class MemoryMailer extends Mailer {
  readonly sent: Mail[] = [];
  /** Addresses that take no mail. */
  readonly refusing = new Set<string>();
  private closed = false;

  override async send(mail: Mail): Promise<void> {
    if (this.closed) throw new Error('The mailer is closed');
    if (this.refusing.has(mail.to)) throw new MailRefused(`${mail.to} takes no mail`);
    this.sent.push(mail);
  }

  override close(): void {
    this.closed = true;
  }
}
