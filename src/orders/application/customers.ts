/** What orders need of the customers. Each call may be repeated, and throws Unavailable. */
export abstract class Customers {
  /** The priority of the customer's lines, unless the order says otherwise (rule 21). */
  abstract priorityOf(customerId: string): Promise<number>;

  /** The customer says where he gets mails. */
  abstract introduce(customerId: string, email: string): Promise<void>;

  /** The customer has placed the order, for good. */
  abstract recordOrder(customerId: string, orderId: string): Promise<void>;
}
