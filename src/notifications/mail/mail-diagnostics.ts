import { diagnostics } from '../../diagnostics';

/** What became of an attempt to send a mail. */
export type MailOutcome = 'sent' | 'put off' | 'given up';

/** Tells of every attempt to send a mail. */
export const mailAttempts = diagnostics<MailOutcome>('notifications.mail');
