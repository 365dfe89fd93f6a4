import { Days } from '../config';

/** What is kept about commands. */
export class AllocationSettings {
  /** Days for which a message that comes again is known. */
  @Days()
  readonly INBOX_RETENTION_DAYS: number = 30;
}
