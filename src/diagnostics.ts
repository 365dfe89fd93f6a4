import { channel } from 'node:diagnostics_channel';

/**
 * Where a room tells what happens, for whoever measures it (`node:diagnostics_channel`). Who tells does not know who
 * listens, and asks `hasSubscribers` first, so that it costs nothing as long as nobody does.
 */
export interface Diagnostics<Message> {
  readonly hasSubscribers: boolean;
  publish(message: Message): void;
  /** @param listener must not throw: that would end the process */
  subscribe(listener: (message: Message) => void): void;
  unsubscribe(listener: (message: Message) => void): unknown;
}

/**
 * The channel of that name, one for the whole process.
 * @param name follows `stock-allocation:`
 */
export function diagnostics<Message>(name: string): Diagnostics<Message> {
  return channel(`stock-allocation:${name}`) as unknown as Diagnostics<Message>;
}
