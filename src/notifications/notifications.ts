import { Injectable, Logger } from '@nestjs/common';

/** Tells people what they should know. */
export abstract class Notifications {
  /** Tells the buyers that nothing is left of this SKU for a line that wanted some. */
  abstract outOfStock(sku: string): Promise<void>;
}

/** Writes to the log what nobody can be told otherwise. */
@Injectable()
export class LoggedNotifications extends Notifications {
  private readonly logger = new Logger('Notifications');

  override async outOfStock(sku: string): Promise<void> {
    this.logger.warn(`Out of stock for ${JSON.stringify(sku)}`);
  }
}

/** Remembers, for tests. */
export class MemoryNotifications extends Notifications {
  readonly sent: string[] = [];

  override async outOfStock(sku: string): Promise<void> {
    this.sent.push(sku);
  }
}
