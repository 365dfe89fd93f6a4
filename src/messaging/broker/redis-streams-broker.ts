import type { Redis } from 'ioredis';
import { type Guarantees, MessageBroker, type MessageHandler, type OutgoingEvent } from './broker';
import { RedisConnections } from './redis-connections';
import { RedisStreamReader, StreamReaderOptions } from './redis-stream-reader';

/** The streams that commands come from, each by the name of what it tells. */
export const BATCH_CREATED = 'batch_created';
export const BATCH_QUANTITY_CHANGED = 'batch_quantity_changed';
export const BATCH_ETA_CHANGED = 'batch_eta_changed';
export const BATCH_ARRIVED = 'batch_arrived';
export const STOCK_ADJUSTED = 'stock_adjusted';
export const LINE_ORDERED = 'line_ordered';
export const LINE_CONFIRMED = 'line_confirmed';
export const LINE_DISPATCHED = 'line_dispatched';
export const LINE_CANCELLED = 'line_cancelled';

/** All of them. Of what is added within one millisecond that of an earlier one comes first. */
export const COMMAND_STREAMS = [
  BATCH_CREATED,
  BATCH_QUANTITY_CHANGED,
  BATCH_ETA_CHANGED,
  BATCH_ARRIVED,
  STOCK_ADJUSTED,
  LINE_ORDERED,
  LINE_CONFIRMED,
  LINE_DISPATCHED,
  LINE_CANCELLED,
] as const;

/** The stream that gets every event. */
export const ALLOCATION_EVENTS = 'allocation_events';

/** How many events the outgoing stream keeps, about; older ones are in the service's database. */
const EVENTS_KEPT = 1_000_000;

/**
 * Redis streams: what was taken in or sent out waits for its readers, as safe as Redis is set up to keep
 * its data.
 *
 * A message has the field `data`, JSON, and may have `id` (the sender's own, by which a message sent twice
 * is recognised) and `correlationid`. An event has the fields of its envelope, with `data` as JSON.
 */
export class RedisStreamsBroker extends MessageBroker {
  override readonly guarantees: Guarantees = {
    outgoing: 'at least once',
    incoming: 'at least once',
    survivesRestart: true,
  };
  private readonly connections: RedisConnections;
  private readonly commands: Redis;
  private reader?: RedisStreamReader;

  /** @param url of a Redis 6.2 or newer */
  constructor(
    url: string,
    private readonly options = new StreamReaderOptions(),
  ) {
    super();
    this.connections = new RedisConnections(url);
    this.commands = this.connections.open();
  }

  override async publish(events: readonly OutgoingEvent[], fence: number): Promise<void> {
    if (events.length === 0) return;
    const entries = events.map((event) => [
      ...['XADD', ALLOCATION_EVENTS, 'MAXLEN', '~', String(EVENTS_KEPT), '*'],
      ...Object.entries({ ...event, data: JSON.stringify(event.data) })
        .filter(([, value]) => value !== undefined)
        .flat()
        .map(String),
    ]);
    await this.connections.runFenced(this.commands, `${ALLOCATION_EVENTS}:fence`, fence, entries);
  }

  override async subscribe(handler: MessageHandler): Promise<void> {
    this.reader = new RedisStreamReader(
      this.connections,
      this.commands,
      COMMAND_STREAMS,
      handler,
      this.options,
    );
    this.reader.start();
  }

  override async unsubscribe(): Promise<void> {
    await this.reader?.stop();
  }

  override async close(): Promise<void> {
    await this.unsubscribe();
    this.connections.closeAll();
  }
}
