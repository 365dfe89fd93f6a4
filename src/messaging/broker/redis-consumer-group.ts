import type { Redis } from 'ioredis';

export const GROUP = 'stock-allocation';

/** How many of the messages that were moved aside are kept, about, of each stream. */
const DEAD_KEPT = 100_000;

/** Removes consumers that have nothing in hand and have not been heard of; in one go, since one that got a message meanwhile would take it along. */
const FORGET_CONSUMERS = `
  for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
    local info = {}
    for i = 1, #consumer, 2 do info[consumer[i]] = consumer[i + 1] end
    if info.pending == 0 and info.idle > tonumber(ARGV[2]) then
      redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], info.name)
    end
  end`;

/** A message in a stream. */
export interface Entry {
  readonly stream: string;
  /** Milliseconds and a counter, such as `1735689600000-0`: grows with time, across streams of one Redis. */
  readonly id: string;
  /** How often it was handed over so far, to whomever. */
  readonly deliveries: number;
  /** Names and values in turn; absent for an entry that was delivered before. */
  readonly fields?: readonly Buffer[];
}

type Entries = [Buffer, Buffer[] | null][];

/** The commands of one consumer of the service's consumer group. */
export class RedisConsumerGroup {
  /**
   * @param reader a connection for reading alone, since it blocks
   * @param consumer a name that no other instance has
   */
  constructor(
    private readonly reader: Redis,
    private readonly commands: Redis,
    private readonly consumer: string,
  ) {}

  /** Makes the group of each stream, unless it exists, from the stream's first entry on. */
  async create(streams: readonly string[]): Promise<void> {
    for (const stream of streams) {
      await this.commands.xgroup('CREATE', stream, GROUP, '0', 'MKSTREAM').catch((error: Error) => {
        if (!error.message.startsWith('BUSYGROUP')) throw error;
      });
    }
  }

  /** Makes entries that were delivered `idleMs` ago or more, and never acknowledged, pending of this consumer. */
  async claim(streams: readonly string[], idleMs: number): Promise<void> {
    for (const stream of streams) {
      let cursor = '0-0';
      do {
        const reply = await this.commands.xautoclaim(
          stream,
          GROUP,
          this.consumer,
          idleMs,
          cursor,
          'COUNT',
          100,
          'JUSTID',
        );
        cursor = String(reply[0]);
      } while (cursor !== '0-0');
    }
  }

  /** Removes consumers of instances that are gone. */
  async forgetConsumers(streams: readonly string[], idleMs: number): Promise<void> {
    for (const stream of streams) await this.commands.eval(FORGET_CONSUMERS, 1, stream, GROUP, idleMs);
  }

  /** The first entry that was delivered to this consumer and not acknowledged. Does not count as a delivery. */
  async firstPending(stream: string): Promise<Entry | undefined> {
    const reply = await this.commands.xpending(stream, GROUP, '-', '+', 1, this.consumer);
    const [pending] = reply as [id: string, consumer: string, idle: number, deliveries: number][];
    return pending && { stream, id: pending[0], deliveries: pending[3] };
  }

  /**
   * Delivers a pending entry again.
   * @returns undefined when it was deleted from the stream
   */
  async redeliver({ stream, id, deliveries }: Entry): Promise<Entry | undefined> {
    const reply = await this.commands.callBuffer('XCLAIM', stream, GROUP, this.consumer, 0, id);
    const [claimed] = (reply as Entries).filter(Boolean);
    return claimed?.[1] ? { stream, id, deliveries: deliveries + 1, fields: claimed[1] } : undefined;
  }

  /**
   * Delivers the next entry of each stream that has one.
   * @param blockMs how long to wait when no stream has one; not at all when left out
   */
  async readNew(streams: readonly string[], blockMs?: number): Promise<Entry[]> {
    const reply = (await this.reader.callBuffer(
      'XREADGROUP',
      ...['GROUP', GROUP, this.consumer, 'COUNT', 1],
      ...(blockMs === undefined ? [] : ['BLOCK', blockMs]),
      ...['STREAMS', ...streams, ...streams.map(() => '>')],
    )) as [Buffer, Entries][] | null;
    return (reply ?? []).flatMap(([stream, entries]) =>
      entries.map(([id, fields]) => ({
        stream: String(stream),
        id: String(id),
        deliveries: 1,
        fields: fields ?? [],
      })),
    );
  }

  /** Sets how often the entry counts as delivered. */
  async setDeliveries({ stream, id }: Entry, count: number): Promise<void> {
    await this.commands.xclaim(stream, GROUP, this.consumer, 0, id, 'RETRYCOUNT', count, 'JUSTID');
  }

  async acknowledge({ stream, id }: Entry): Promise<void> {
    await this.commands.xack(stream, GROUP, id);
  }

  /** Adds the entry to the stream `<name>:dead`, with the error and its id as two fields more. */
  async copyAside({ stream, id, fields = [] }: Entry, error: string): Promise<void> {
    await this.commands.xadd(
      `${stream}:dead`,
      ...['MAXLEN', '~', DEAD_KEPT, '*'],
      ...fields,
      ...['error', error, 'entry', id],
    );
  }
}

/** The entry that was added first; of two that were added at once, the first in the list. */
export function earliest(entries: readonly Entry[]): Entry | undefined {
  const [first, ...others] = entries;
  return others.reduce((found, other) => (isBefore(other, found) ? other : found), first);
}

function isBefore(a: Entry, b: Entry): boolean {
  const [millisecondsA, countA] = a.id.split('-').map(BigInt);
  const [millisecondsB, countB] = b.id.split('-').map(BigInt);
  return millisecondsA === millisecondsB ? countA < countB : millisecondsA < millisecondsB;
}
