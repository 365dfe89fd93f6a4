import type { FactoryProvider } from '@nestjs/common';
import { MessagingSettings } from '../messaging-settings';
import { MessageBroker } from './broker';
import { RedisPubSubBroker } from './redis-pub-sub-broker';
import { RedisStreamsBroker } from './redis-streams-broker';

/**
 * The broker that the settings ask for: undefined without REDIS_URL. Inject it with
 * `@Inject(MessageBroker) broker: MessageBroker | undefined`.
 */
export const messageBrokerProvider: FactoryProvider<MessageBroker | undefined> = {
  provide: MessageBroker,
  inject: [MessagingSettings],
  useFactory: ({ REDIS_URL, REDIS_MODE }: MessagingSettings) => {
    if (REDIS_URL === undefined) return undefined;
    return REDIS_MODE === 'streams' ? new RedisStreamsBroker(REDIS_URL) : new RedisPubSubBroker(REDIS_URL);
  },
};
