import { diagnostics } from '../../diagnostics';

/** What became of an attempt to send a mail. */
export type MailOutcome = 'sent' | 'put off' | 'given up';

/** What people are told of. */
export interface QueuedAlert {
  readonly kind: 'out of stock' | 'late' | 'overdue';
  /** Mails that were queued. */
  readonly mails: number;
}

/** Tells of every attempt to send a mail. */
export const mailAttempts = diagnostics<MailOutcome>('notifications.mail');
/** Tells of every alert that was queued. */
export const alerts = diagnostics<QueuedAlert>('notifications.alert');
