/** Why an endpoint was disabled: it answered 410, or took nothing for days. */
export type DisabledBecause = 'gone' | 'failing';

/** Somebody who wants to be told of events. */
export interface Webhook {
  readonly id: string;
  readonly url: string;
  /** The names of the events that it wants; null: all. */
  readonly types: readonly string[] | null;
  /** The SKUs whose events it wants; null: all. */
  readonly skus: readonly string[] | null;
  readonly enabled: boolean;
  /** Null while it is enabled, and when somebody disabled it. */
  readonly disabledBecause: DisabledBecause | null;
  /** Since when it has taken nothing; null when it took what was sent last. */
  readonly failingSince: Date | null;
  readonly createdAt: Date;
}

/** What is asked for of an endpoint. */
export interface WebhookWish {
  readonly url: string;
  readonly types: readonly string[] | null;
  readonly skus: readonly string[] | null;
}

/** An endpoint as a sender needs it: with its secrets, as they are stored. */
export interface WebhookToServe extends WebhookWish {
  readonly id: string;
  readonly failingSince: Date | null;
  /** The newest first; the one before it for as long as a receiver may still know that alone. */
  readonly secrets: readonly string[];
}

/** An attempt to deliver an event to an endpoint. */
export interface Delivery {
  /** UUID v7, so that deliveries are in the order of their ids. */
  readonly id: string;
  readonly eventId: string;
  readonly type: string;
  readonly sku: string;
  readonly sequence: number;
  /** Counts the attempts for this event, from 1. */
  readonly attempt: number;
  readonly at: Date;
  readonly durationMs: number;
  /** Status of the answer; null when there was none. */
  readonly status: number | null;
  /** Null: it was taken. */
  readonly error: string | null;
}

/** Under which the log knows an endpoint. */
export function readerOf(webhookId: string): string {
  return `webhook:${webhookId}`;
}
