/** What is told of a customer. */
export interface Customer {
  readonly id: string;
  /** How many orders he has placed. */
  readonly orders: number;
  readonly vip: boolean;
  /** As by Date.toISOString; null when he is none. */
  readonly vipSince: string | null;
}

/** Where customers are looked up. Every call throws Unavailable when the store cannot be reached. */
export abstract class CustomerRepository {
  /** @returns undefined for a customer whom nobody knows */
  abstract find(id: string): Promise<Customer | undefined>;

  /** Whether it is known that the customer gets mails there. */
  abstract getsMailsAt(id: string, email: string): Promise<boolean>;

  /** Takes away all that is kept about the customer. @returns whether there was anything */
  abstract forget(id: string): Promise<boolean>;
}
