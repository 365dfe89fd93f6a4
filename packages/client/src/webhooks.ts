import { Webhook } from 'standardwebhooks';
import type { StockEvent } from './events.ts';

/** Headers of a request, as the Fetch standard has them or as Node's HTTP server does. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The event that a request to an endpoint of webhooks brings, once it is certain that the service has sent it, and within
 * the last five minutes (Standard Webhooks).
 * @param secret of the endpoint, `whsec_…`
 * @param body as it came, before anything has parsed it
 * @throws Error when the secret is none
 * @throws WebhookVerificationError when the signature is not by this secret, or too old: answer 400
 */
export function verifyWebhook(
  secret: string,
  headers: WebhookHeaders,
  body: string | Uint8Array,
): StockEvent {
  const given = headers instanceof Headers ? Object.fromEntries(headers) : headers;
  const named = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value ?? '')]));
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  return new Webhook(secret).verify(text, named) as StockEvent;
}
