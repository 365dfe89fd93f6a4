import { newId } from '../ids';
import type { Mail } from '../notifications/contracts';
import { excerpt, printable } from '../printable';
import type { DisabledBecause, WebhookToServe } from './webhook';

const REASONS: Readonly<Record<DisabledBecause, string>> = {
  gone: 'The endpoint says that it is gone for good (410).',
  failing: 'The endpoint has taken nothing for five days.',
};

/** Tells whoever runs the service that nothing is sent to an endpoint any more. */
export function disabledMail(
  { id, url }: WebhookToServe,
  because: DisabledBecause,
  error: string,
  to: string,
): Mail {
  return {
    id: newId(),
    to,
    subject: `Webhook disabled: ${printable(excerpt(url, 200))}`,
    text: [
      `Nothing is sent to ${printable(url)} any more.`,
      REASONS[because],
      `The last attempt: ${printable(error)}`,
      '',
      `Once it works again: PATCH /v1/webhooks/${id} with {"enabled": true}. It goes on where it stopped.`,
      '',
    ].join('\n'),
  };
}
