import { Global, Module } from '@nestjs/common';
import type { Migration } from '../database/data-source';
import { MailAttention } from './mail/mail-attention';
import { MailQueue } from './mail/mail-queue';
import { MailMetrics } from './mail/mail-queue-metrics';
import { MailRetention } from './mail/mail-retention';
import { MailSender } from './mail/mail-sender';
import { LoggingMailer, Mailer } from './mail/mailer';
import { Mails } from './mail/mails';
import { MailQueue1790000002000 } from './migrations/1790000002000-mail-queue';
import { FailedMails1790000020000 } from './migrations/1790000020000-failed-mails';
import { MailCorrelation1790000016100 } from './migrations/1790000016100-mail-correlation';
import { SoldOutAlerts1790000006200 } from './migrations/1790000006200-sold-out-alerts';
import { ExpectedBatches1790000013000 } from './migrations/1790000013000-expected-batches';
import { LostBatches1790000023000 } from './migrations/1790000023000-lost-batches';
import { NotificationsSettings } from './notifications-settings';
import { OverdueAlertQueue } from './alerts/overdue-alert-queue';
import { OverdueAlertHandler } from './alerts/overdue-alert.handler';
import { SlipAlertQueue } from './alerts/slip-alert-queue';
import { SlipAlertHandler } from './alerts/slip-alert.handler';
import { SmtpMailer } from './mail/smtp-mailer';
import { StockAlertQueue } from './alerts/stock-alert-queue';
import { StockAlertHandler } from './alerts/stock-alert.handler';

/** Tells people by mail what they should know. Global, so that any module can queue a mail. */
@Global()
@Module({
  providers: [
    StockAlertHandler,
    StockAlertQueue,
    OverdueAlertHandler,
    OverdueAlertQueue,
    SlipAlertHandler,
    SlipAlertQueue,
    MailQueue,
    MailSender,
    Mails,
    MailRetention,
    MailMetrics,
    MailAttention,
    {
      provide: Mailer,
      inject: [NotificationsSettings],
      useFactory: ({ SMTP_URL, MAIL_FROM }: NotificationsSettings) =>
        SMTP_URL ? new SmtpMailer(SMTP_URL, MAIL_FROM) : new LoggingMailer(),
    },
  ],
  exports: [Mails],
})
export class NotificationsModule {
  static readonly settings = NotificationsSettings;
  static readonly migrations: readonly Migration[] = [
    MailQueue1790000002000,
    SoldOutAlerts1790000006200,
    ExpectedBatches1790000013000,
    MailCorrelation1790000016100,
    FailedMails1790000020000,
    LostBatches1790000023000,
  ];
}
