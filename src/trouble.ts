import type { Logger } from '@nestjs/common';
import { isAnnounced } from './unavailable';

/**
 * What keeps going wrong with work that is tried again and again. The log tells of it once, and not with every attempt,
 * until the work has succeeded; and not at all where it tells of the cause already.
 */
export class Trouble {
  private isKnown = false;

  /** @param message what could not be done, as the log shall say it */
  constructor(
    private readonly logger: Logger,
    private readonly message: string,
  ) {}

  /** Whether the last attempt failed. */
  get lasts(): boolean {
    return this.isKnown;
  }

  begin(err: unknown): void {
    if (!this.isKnown && !isAnnounced(err)) this.logger.warn({ err }, this.message);
    this.isKnown = true;
  }

  end(): void {
    this.isKnown = false;
  }
}
