import { IsOptional, IsString } from 'class-validator';
import { Days } from '../config';

/** For how long the log keeps events. */
export class LogSettings {
  /** Days for which events are kept that every reader has passed. */
  @Days()
  readonly EVENT_RETENTION_DAYS: number = 90;

  /** A folder to which events are archived before they go. */
  @IsOptional()
  @IsString()
  readonly EVENT_ARCHIVE_DIR?: string;
}
