import { AsyncLocalStorage } from 'node:async_hooks';
import type { IdempotentRequest } from './idempotent-request';
import { newId } from './ids';

/** Which request or message the running code works for. */
export interface Correlation {
  /** The request or message that all of this began with; kept from one system to the next. */
  readonly correlationId: string;
  /** The request, message or command that is being carried out right now. */
  readonly causationId: string;
  /** The trace and the span of whoever asked (W3C Trace Context), if he said so. */
  readonly traceparent?: string;
  /** The id of the key by which it was asked for, if it was by one. */
  keyId?: string;
  /** Set for a message that may come more than once: work for it is committed the first time only. */
  readonly messageId?: string;
  /** Set for a request that its client named by an Idempotency-Key. */
  idempotency?: IdempotentRequest;
  /** When the request or message came in, by `performance.now()`. */
  readonly receivedAt?: number;
  /** Set when the work was done, but not all handlers have had its events yet: a view may be behind. */
  eventsPending?: boolean;
}

const storage = new AsyncLocalStorage<Correlation>();

/** Runs `work`, and all that it awaits, on behalf of `correlation`. */
export function runWithCorrelation<T>(correlation: Correlation, work: () => T): T {
  return storage.run(correlation, work);
}

/** What the running code works for; work that nobody asked for from outside gets ids of its own. */
export function currentCorrelation(): Correlation {
  const current = storage.getStore();
  if (current) return current;
  const id = newId();
  return { correlationId: id, causationId: id };
}

/**
 * Runs `work` as a part of the request which, if that has an Idempotency-Key, is recorded by itself.
 * @param part its number, from 1; the same whenever the request comes
 */
export async function runAsPart<T>(part: number, work: () => Promise<T>): Promise<T> {
  const whole = storage.getStore();
  if (!whole?.idempotency) return work();
  const correlation: Correlation = { ...whole, idempotency: whole.idempotency.partOf(part) };
  try {
    return await storage.run(correlation, work);
  } finally {
    if (correlation.eventsPending) whole.eventsPending = true;
  }
}

/** The id of the request or message that all of this began with; undefined when nobody asked from outside. */
export function currentCorrelationId(): string | undefined {
  return storage.getStore()?.correlationId;
}
