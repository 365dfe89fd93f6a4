import { Global, Module } from '@nestjs/common';
import { Config } from '../config';
import { MailQueue } from './mail-queue';
import { MailSender } from './mail-sender';
import { LoggingMailer, Mailer } from './mailer';
import { Mails } from './mails';
import { SmtpMailer } from './smtp-mailer';
import { StockAlertQueue } from './stock-alert-queue';
import { StockAlertHandler } from './stock-alert.handler';

/** Tells people by mail what they should know. Global, so that any module can queue a mail. */
@Global()
@Module({
  providers: [
    StockAlertHandler,
    StockAlertQueue,
    MailQueue,
    MailSender,
    Mails,
    {
      provide: Mailer,
      inject: [Config],
      useFactory: ({ SMTP_URL, MAIL_FROM }: Config) =>
        SMTP_URL ? new SmtpMailer(SMTP_URL, MAIL_FROM) : new LoggingMailer(),
    },
  ],
  exports: [Mails],
})
export class NotificationsModule {}
