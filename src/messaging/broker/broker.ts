import type { OnApplicationShutdown } from '@nestjs/common';

/** An event on its way to other systems: the envelope, and the data of its type. */
export interface OutgoingEvent {
  /** UUID v7; the same when the event is sent again. */
  readonly id: string;
  readonly type: string;
  /** The version of `data`, counted for each type. */
  readonly schemaVersion: number;
  readonly sku: string;
  /** Counts the events of the SKU, from 1 and without gaps. */
  readonly sequence: number;
  /** ISO 8601, in UTC. */
  readonly occurredAt: string;
  readonly correlationId: string;
  readonly causationId: string;
  /** The trace that it belongs to (W3C Trace Context), if that was told. */
  readonly traceparent?: string;
  readonly data: Record<string, unknown>;
}

/** A message from another system. */
export interface IncomingMessage {
  /** The same whenever this message comes, and of no other message; absent where the broker knows no ids. */
  readonly id?: string;
  /** The channel or stream that it came from. */
  readonly channel: string;
  /** As it was sent: JSON in UTF-8, if the sender kept to the rules. */
  readonly body: Uint8Array;
  readonly correlationId?: string;
  /** The trace that it belongs to (W3C Trace Context), if the sender said so. */
  readonly traceparent?: string;
}

/**
 * Takes a message in. Resolves when it is dealt with.
 * @throws Unprocessable when the message is at fault; Unavailable when it was not looked at and must
 *   come again; any other error when something went wrong that may go better next time
 */
export type MessageHandler = (message: IncomingMessage) => Promise<void>;

/** What a broker really promises. */
export interface Guarantees {
  /** How often another system gets an event, once `publish` has resolved. */
  readonly outgoing: 'at most once' | 'at least once';
  /** How often the handler gets a message until it has resolved. */
  readonly incoming: 'at most once' | 'at least once';
  /** Whether messages wait while no instance of the service runs, and outlive one that dies. */
  readonly survivesRestart: boolean;
}

/** The message is at fault, so it would fail again and again. Says what is wrong with it. */
export class Unprocessable extends Error {}

/** The broker cannot be reached, or refuses to work; the same may succeed later. */
export class BrokerUnavailable extends Error {}

/** Another instance has taken over: what this one is about to publish may be old. */
export class Fenced extends Error {
  constructor() {
    super('Another instance, or another service on the same broker, has published since this one took over');
  }
}

/** Connects the service with other systems (the book's chapter 11). */
export abstract class MessageBroker implements OnApplicationShutdown {
  abstract readonly guarantees: Guarantees;

  /**
   * Sends events, in the given order. Resolves when the broker has them.
   * @param fence of the lease under which they were read; grows with every instance that takes over
   * @throws Fenced when another instance has published under a larger fence; then nothing was sent
   * @throws BrokerUnavailable, at once while the broker is known to be away, otherwise after a few
   *   seconds at most. The events may have been sent all the same: send all of them again
   */
  abstract publish(events: readonly OutgoingEvent[], fence: number): Promise<void>;

  /**
   * Hands messages to `handler`, one at a time in the order in which they were sent, from now on and
   * whenever the broker can be reached. Of all instances that subscribe, one at a time gets them. To be called once.
   */
  abstract subscribe(handler: MessageHandler): Promise<void>;

  /** Takes no more messages in. Resolves when the one under way is dealt with, or after 7 s. */
  abstract unsubscribe(): Promise<void>;

  /** Unsubscribes, and disconnects. */
  abstract close(): Promise<void>;

  /** Called by Nest, after everything that publishes has stopped. */
  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }
}
