import { Redis } from 'ioredis';

interface EventInRedis {
  readonly id: string;
  readonly sku: string;
  readonly sequence: string;
}

/** The entries of the stream that gets every event, as they came. */
export async function eventsInRedis(redisUrl: string): Promise<EventInRedis[]> {
  const redis = new Redis(redisUrl);
  try {
    const entries = await redis.xrange('allocation_events', '-', '+');
    return entries.map(([, fields]) => {
      const valueOf = (name: string) => fields[fields.indexOf(name) + 1];
      return { id: valueOf('id'), sku: valueOf('sku'), sequence: valueOf('sequence') };
    });
  } finally {
    redis.disconnect();
  }
}
