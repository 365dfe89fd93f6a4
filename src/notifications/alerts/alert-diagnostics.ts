import { diagnostics } from '../../diagnostics';

/** What people are told of. */
export interface QueuedAlert {
  readonly kind: 'out of stock' | 'late' | 'overdue';
  /** Mails that were queued. */
  readonly mails: number;
}

/** Tells of every alert that was queued. */
export const alerts = diagnostics<QueuedAlert>('notifications.alert');
