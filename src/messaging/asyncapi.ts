import { documentInfo } from '../manifest';

/** What a module says of the messages that it sends or takes in: parts of an AsyncAPI 3 document, by name. */
export interface MessageApi {
  readonly channels: Readonly<Record<string, object>>;
  readonly operations: Readonly<Record<string, object>>;
  readonly messages: Readonly<Record<string, object>>;
  /** What messages carry. */
  readonly schemas: Readonly<Record<string, object>>;
}

/**
 * Describes every message that goes in or out (AsyncAPI 3).
 * @param modules what the modules say of theirs
 */
export function asyncApiDocument(modules: readonly MessageApi[]): object {
  const all = (part: keyof MessageApi): object => Object.assign({}, ...modules.map((module) => module[part]));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Stock allocation: messages',
      ...documentInfo,
      description:
        'With `REDIS_MODE=streams` the service uses the streams, with `REDIS_MODE=pubsub` the pub/sub channels. ' +
        'docs/messages.md explains guarantees, envelopes and how to use the sequence number.',
      tags: [{ name: 'Redis', description: 'What goes in and out over the Redis that REDIS_URL names.' }],
    },
    defaultContentType: 'application/json',
    servers: {
      redis: {
        host: 'localhost:6379',
        protocol: 'redis',
        description: 'The Redis that REDIS_URL names, 6.2 or newer.',
      },
    },
    channels: all('channels'),
    operations: all('operations'),
    components: { messages: all('messages'), schemas: all('schemas') },
  };
}
