import { Days } from '../config';

/** For how long is kept what belongs to no other module. */
export class RetentionSettings {
  /** Days for which a message that comes again is known. */
  @Days()
  readonly INBOX_RETENTION_DAYS: number = 30;
}
