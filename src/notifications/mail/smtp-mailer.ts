import { domainToASCII } from 'node:url';
import { createTransport } from 'nodemailer';
import { ConfigError } from '../../config';
import { excerpt, printable } from '../../printable';
import { type Mail, Mailer, MailRefused, MAILS_AT_ONCE } from './mailer';
import { isSmtpUrl, SMTP_URL_RULE } from './smtp-url';

/** How long a mail server may take, in milliseconds, until it is cut off. */
export class SmtpTimeouts {
  readonly connection: number = 10_000;
  readonly greeting: number = 15_000;
  /** Without a word from it. */
  readonly silence: number = 45_000;
  /** For one mail, however talkative it is. Must be shorter than the lease of a claimed mail. */
  readonly mail: number = 50_000;
}

/** What nodemailer adds to an error. */
interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
}

/**
 * Replies that tell of the session and not of the mail, so another session may take it: bad sequence of
 * commands, authentication required.
 */
const ABOUT_THE_SESSION = new Set([503, 530]);

/** How much of an error is kept: mail servers may say anything. */
const SHOWN_CHARACTERS = 400;

/** Hands mails to a mail server, over a few connections that stay open for a while. */
export class SmtpMailer extends Mailer {
  private readonly transport;
  private readonly secrets: readonly string[];
  private readonly domain: string;

  /**
   * @param url `smtp://user:password@host:port`, or smtps; parameters are those of nodemailer
   * @param from the address that mails come from
   * @throws ConfigError when the URL cannot be read
   */
  constructor(
    url: string,
    private readonly from: string,
    private readonly timeouts = new SmtpTimeouts(),
  ) {
    super();
    this.secrets = secretsOf(url);
    this.domain = domainToASCII(from.slice(from.lastIndexOf('@') + 1));
    this.transport = createTransport({
      url,
      pool: true,
      maxConnections: MAILS_AT_ONCE,
      connectionTimeout: timeouts.connection,
      greetingTimeout: timeouts.greeting,
      socketTimeout: timeouts.silence,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  override async send({ id, to, subject, text }: Mail): Promise<void> {
    try {
      await this.transport.sendMail({
        from: { name: '', address: this.from },
        to: { name: '', address: to },
        subject,
        text,
        messageId: `<${id}@${this.domain}>`,
        // RFC 3834: keeps holiday notices and the like from answering.
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal: AbortSignal.timeout(this.timeouts.mail),
      });
    } catch (error) {
      throw this.sanitised(error as SmtpError);
    }
  }

  override close(): void {
    this.transport.close({ force: true });
  }

  /** A new error, since the original one holds the whole conversation. */
  private sanitised({ message, code, responseCode = 0 }: SmtpError): Error {
    const isAboutTheMail = code === 'EENVELOPE' || code === 'EMESSAGE';
    const isPermanent = responseCode >= 500 && !ABOUT_THE_SESSION.has(responseCode);
    const safe = this.secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), message);
    const text = printable(excerpt(safe, SHOWN_CHARACTERS));
    return isAboutTheMail && isPermanent ? new MailRefused(text) : new Error(text);
  }
}

/** The password in every form in which a server might echo it. */
function secretsOf(url: string): string[] {
  // Without a cause, which would have the password in it.
  if (!isSmtpUrl(url)) throw new ConfigError(`The settings cannot be used:\n  SMTP_URL ${SMTP_URL_RULE}`);
  const parsed = new URL(url);
  const [user, password] = [decodeURIComponent(parsed.username), decodeURIComponent(parsed.password)];
  if (!password) return [];
  return [base64(`\0${user}\0${password}`), base64(password), parsed.password, password];
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
