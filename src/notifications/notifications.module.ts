import { Module } from '@nestjs/common';
import { Config } from '../config';
import { MailQueue } from './mail-queue';
import { MailRetention } from './mail-retention';
import { MailSender } from './mail-sender';
import { LoggingMailer, Mailer } from './mailer';
import { SmtpMailer } from './smtp-mailer';
import { StockAlertQueue } from './stock-alert-queue';
import { StockAlertHandler } from './stock-alert.handler';

/** Tells people by mail what they should know. */
@Module({
  providers: [
    StockAlertHandler,
    StockAlertQueue,
    MailQueue,
    MailSender,
    MailRetention,
    {
      provide: Mailer,
      inject: [Config],
      useFactory: ({ SMTP_URL, MAIL_FROM }: Config) =>
        SMTP_URL ? new SmtpMailer(SMTP_URL, MAIL_FROM) : new LoggingMailer(),
    },
  ],
})
export class NotificationsModule {}
