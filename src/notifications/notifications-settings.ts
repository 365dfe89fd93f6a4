import { IsEmail, IsOptional, ValidateBy } from 'class-validator';
import { Days } from '../config';
import { isSmtpUrl, SMTP_URL_RULE } from './mail/smtp-url';

/** Who gets mails, from whom, and over which mail server. */
export class NotificationsSettings {
  @IsOptional()
  @ValidateBy({ name: 'smtpUrl', validator: { validate: isSmtpUrl } }, { message: SMTP_URL_RULE })
  readonly SMTP_URL?: string;

  @IsEmail({}, { message: 'must be a mail address' })
  readonly STOCK_ALERTS_TO: string = 'stock@made.com';

  @IsEmail({}, { message: 'must be a mail address' })
  readonly MAIL_FROM: string = 'allocations@example.com';

  /** Days for which mails are kept that were sent, or failed for good. */
  @Days()
  readonly SENT_MAIL_RETENTION_DAYS: number = 30;
}
