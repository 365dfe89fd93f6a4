import { currentCorrelation } from '../../src/correlation';
import { KeyInUse, type RequestPart } from '../../src/idempotent-request';
import { type OrderCorrelation, Orders, type TakenOver } from '../../src/orders/application/orders';
import type { Order } from '../../src/orders/domain/order';

/** Orders in memory, with a lease that ends when a test says so. */
export class MemoryOrders extends Orders {
  private readonly orders = new Map<string, Order>();
  private readonly correlations = new Map<string, OrderCorrelation>();
  private readonly due = new Set<string>();
  private readonly requests = new Set<string>();

  override async add(order: Order, request?: RequestPart): Promise<boolean> {
    this.record(request);
    if (this.orders.has(order.id)) return false;
    this.store(order);
    return true;
  }

  override async find(id: string): Promise<Order | undefined> {
    return this.orders.get(id);
  }

  override look(id: string): Promise<Order | undefined> {
    return this.find(id);
  }

  override async save(order: Order, request?: RequestPart): Promise<boolean> {
    if (this.orders.get(order.id)?.version !== order.version - 1) return false;
    this.record(request);
    this.store(order);
    this.due.delete(order.id);
    return true;
  }

  override async takeOver(limit: number): Promise<TakenOver[]> {
    return [...this.due].slice(0, limit).map((id) => {
      const order = this.orders.get(id)!;
      const taken = order.to(order.step);
      this.orders.set(id, taken);
      this.due.delete(id);
      return { order: taken, correlation: this.correlations.get(id)! };
    });
  }

  override async putOff(order: Order): Promise<void> {
    if (this.orders.get(order.id)?.version === order.version) this.due.delete(order.id);
  }

  override async hasRivals(orderId: string, skus: readonly string[]): Promise<boolean> {
    return [...this.orders.values()].some(
      (other) =>
        other.id !== orderId && other.step === 'placing' && other.skus.some((sku) => skus.includes(sku)),
    );
  }

  private record(request?: RequestPart): void {
    if (!request) return;
    const name = `${request.caller} ${request.key}`;
    if (this.requests.has(name)) throw new KeyInUse(request.key);
    this.requests.add(name);
  }

  private store(order: Order): void {
    this.orders.set(order.id, order);
    const { correlationId, causationId, traceparent, keyId } = currentCorrelation();
    this.correlations.set(order.id, { correlationId, causationId, traceparent, keyId });
  }

  /** Whoever is at work on an unfinished order is taken for dead. */
  endLeases(): void {
    for (const [id, order] of this.orders) if (order.isUnfinished) this.due.add(id);
  }
}
