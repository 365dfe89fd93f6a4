/** With so many orders a customer becomes a VIP (rule 21). */
const ORDERS_OF_A_VIP = 3;

/** The priority of lines of a VIP, and of everybody else, unless the order says otherwise (rule 21). */
const VIP_PRIORITY = 10;
const ORDINARY_PRIORITY = 0;

/** The customer has just placed the order that makes him a VIP. It happens once to each. */
export class CustomerBecameVip {
  constructor(
    readonly customerId: string,
    /** Where he can be congratulated; null when nobody knows. */
    readonly email: string | null,
  ) {}
}

/**
 * The orders that a customer has placed: the aggregate of this module (the book's chapter on events that cross
 * aggregates). It is loaded small: it counts all orders, and knows by name those alone that it is asked about.
 */
export class History {
  /** Raised since it was loaded. */
  readonly events: CustomerBecameVip[] = [];
  private readonly added: string[] = [];

  /**
   * @param recorded those orders of the customer, among the ones in question, that are counted already
   * @param now the time of the store
   */
  constructor(
    readonly customerId: string,
    private mail: string | null = null,
    private count = 0,
    private since: Date | null = null,
    private readonly recorded: Set<string> = new Set(),
    private readonly now = new Date(0),
  ) {}

  /** Where the customer gets mails; null when nobody knows. */
  get email(): string | null {
    return this.mail;
  }

  /** How many orders he has placed. */
  get orders(): number {
    return this.count;
  }

  /** Since when he is a VIP; null when he is none. */
  get vipSince(): Date | null {
    return this.since;
  }

  /** The orders that were recorded since it was loaded. */
  get newOrders(): readonly string[] {
    return this.added;
  }

  /** The priority of his lines, unless the order says otherwise. */
  get priority(): number {
    return priorityOf(this.since !== null);
  }

  /** He says where he gets mails. */
  introduce(email: string): void {
    this.mail = email;
  }

  /** He has placed the order. Told again, it changes nothing: an order counts once, whoever tells of it how often. */
  recordOrder(orderId: string): void {
    if (this.recorded.has(orderId)) return;
    this.recorded.add(orderId);
    this.added.push(orderId);
    this.count += 1;
    if (this.count < ORDERS_OF_A_VIP || this.since) return;
    this.since = this.now;
    this.events.push(new CustomerBecameVip(this.customerId, this.mail));
  }
}

/** The priority of lines that an order says nothing about. */
export function priorityOf(isVip: boolean): number {
  return isVip ? VIP_PRIORITY : ORDINARY_PRIORITY;
}
