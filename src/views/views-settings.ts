import { IsIn, ValidateBy } from 'class-validator';
import { Days, RedisUrl } from '../config';

/** Where views are read from. */
export class ViewsSettings {
  @RedisUrl()
  readonly REDIS_URL?: string;

  /** Where availability is read from. Redis holds a copy of what PostgreSQL says. */
  @IsIn(['postgres', 'redis'], { message: 'must be postgres or redis' })
  @ValidateBy(
    {
      name: 'needsRedis',
      validator: {
        validate: (value, args) =>
          value !== 'redis' || (args?.object as ViewsSettings).REDIS_URL !== undefined,
      },
    },
    { message: 'redis needs REDIS_URL' },
  )
  readonly AVAILABILITY_VIEW: 'postgres' | 'redis' = 'postgres';

  /** Days for which the views show lines that are not held. */
  @Days()
  readonly CLOSED_LINE_RETENTION_DAYS: number = 90;

  /** Days for which the events are kept from which views are rebuilt. */
  @Days()
  readonly EVENT_RETENTION_DAYS: number = 90;
}
