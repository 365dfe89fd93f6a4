import { IsIn } from 'class-validator';
import { RedisUrl } from '../config';

/** How the service is connected with other systems. */
export class MessagingSettings {
  @RedisUrl()
  readonly REDIS_URL?: string;

  /** What is used of Redis. Pub/sub loses what is sent while somebody is away; streams keep it. */
  @IsIn(['pubsub', 'streams'], { message: 'must be pubsub or streams' })
  readonly REDIS_MODE: 'pubsub' | 'streams' = 'pubsub';
}
