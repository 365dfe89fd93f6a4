import { Days } from '../config';

/** For how long a request is known by its key. */
export class IdempotencySettings {
  /** Days for which the answer to a request with an Idempotency-Key is given again. */
  @Days()
  readonly IDEMPOTENCY_RETENTION_DAYS: number = 1;
}
