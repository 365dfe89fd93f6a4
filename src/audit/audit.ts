/** Which changes are asked for; all of them when left out. */
export interface AuditFilter {
  readonly sku?: string;
  /** The numbers of events of that SKU. */
  readonly sequences?: readonly number[];
  readonly orderId?: string;
  readonly batchRef?: string;
  /** The id or the name of a key. */
  readonly key?: string;
  readonly since?: Date;
  /** The first instant that is not asked for any more. */
  readonly until?: Date;
}

/** Something that was changed, by whom. */
export interface Change {
  readonly occurredAt: Date;
  /** The key by which it was asked for; null: none was needed, or the service did it by itself. */
  readonly keyId: string | null;
  readonly keyName: string | null;
  /** What happened: the type of the event. */
  readonly type: string;
  readonly sku: string;
  /** Counts the events of the SKU. */
  readonly sequence: number;
  readonly orderId: string | null;
  readonly batchRef: string | null;
  readonly eventId: string;
  /** The request or message that all of this began with. */
  readonly correlationId: string;
  /** What caused this very event. */
  readonly causationId: string;
}

/** Some changes, the newest first. */
export interface AuditPage {
  readonly changes: readonly Change[];
  /** The place before which to go on; undefined: these were the last ones. */
  readonly before?: number;
}

/** Who changed what. */
export abstract class Audit {
  /**
   * A page, which may have fewer changes than its limit, or none, although more follow: only so many events are looked
   * at for it.
   * @param before as the page before says
   * @throws Unavailable
   */
  abstract page(filter: AuditFilter, before: number | undefined, limit: number): Promise<AuditPage>;
}
