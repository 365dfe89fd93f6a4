import { Inject, Injectable } from '@nestjs/common';
import { newId } from '../ids';
import { type CloudEvent, OrderedDelivery } from '../log/contracts';
import { DeliveryTable } from './adapters/delivery-table';
import { type WebhookChange, WebhookTable } from './adapters/webhook-table';
import { SecretStore, SecretUnreadable } from './secret-store';
import { newSecret } from './signature';
import type { Delivery, Webhook, WebhookWish } from './webhook';
import { type AttemptOutcome, WebhookClient } from './webhook-client';

/** An endpoint with its secret, which is shown this once. */
export type WebhookWithSecret = Webhook & { readonly secret: string };

/** How an endpoint is to be changed; what is left out stays. */
export type WebhookWishes = Omit<WebhookChange, 'secret'> & { readonly rotateSecret?: boolean };

/** Takes care of the endpoints that are told of events. Calls answer undefined when there is no such endpoint. */
@Injectable()
export class Webhooks {
  constructor(
    private readonly table: WebhookTable,
    private readonly deliveries: DeliveryTable,
    private readonly secrets: SecretStore,
    private readonly client: WebhookClient,
    @Inject(OrderedDelivery) private readonly delivery: Pick<OrderedDelivery, 'refresh'>,
  ) {}

  /** The endpoint is told of what happens from now on. */
  async create(wish: WebhookWish): Promise<WebhookWithSecret> {
    const [id, secret] = [newId(), newSecret()];
    const webhook = await this.table.add(id, wish, this.secrets.seal(secret, id));
    this.delivery.refresh();
    return { ...webhook, secret };
  }

  /** @param after the id of an endpoint; those created later follow */
  list(after: string | undefined, limit: number): Promise<Webhook[]> {
    return this.table.list(after, limit);
  }

  get(id: string): Promise<Webhook | undefined> {
    return this.table.get(id);
  }

  /** @returns with its new secret, if there is one */
  async change(
    id: string,
    { rotateSecret, ...change }: WebhookWishes,
  ): Promise<(Webhook & { readonly secret?: string }) | undefined> {
    const secret = rotateSecret ? newSecret() : undefined;
    const stored = secret && this.secrets.seal(secret, id);
    const webhook = await this.table.alter(id, { ...change, secret: stored });
    this.delivery.refresh();
    return webhook && { ...webhook, secret };
  }

  async remove(id: string): Promise<boolean> {
    const isRemoved = await this.table.remove(id);
    this.delivery.refresh();
    return isRemoved;
  }

  /** Sends an event of a type that nothing else has, at once and once, also to an endpoint that is disabled. */
  async test(id: string): Promise<AttemptOutcome | undefined> {
    const webhook = await this.table.oneToServe(id);
    if (!webhook) return undefined;
    const event: Omit<CloudEvent, 'subject' | 'sequence' | 'correlationid' | 'causationid'> = {
      specversion: '1.0',
      id: newId(),
      source: '/stock-allocation',
      type: 'webhooks.Test.v1',
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      data: { webhookId: id },
    };
    try {
      const secrets = this.secrets.openAll(webhook.secrets, id);
      return await this.client.test(webhook.url, { id: event.id, body: JSON.stringify(event) }, secrets);
    } catch (error) {
      if (!(error instanceof SecretUnreadable)) throw error;
      return { status: null, error: error.message, at: new Date(), durationMs: 0 };
    }
  }

  /**
   * What became of the attempts to tell it, the newest first.
   * @param before the id of a delivery; those before it follow
   */
  async listDeliveries(
    id: string,
    before: string | undefined,
    limit: number,
  ): Promise<Delivery[] | undefined> {
    const [webhook, deliveries] = await Promise.all([
      this.table.get(id),
      this.deliveries.list(id, before, limit),
    ]);
    return webhook && deliveries;
  }

  /**
   * Has it told of events again.
   * @param from a cursor of the feed, or a time
   * @returns how many events there are from there on, whether it wants them or not
   * @throws UnknownCursor, CursorExpired
   */
  async replay(id: string, from: string | Date): Promise<number | undefined> {
    const events = await this.table.replay(id, from);
    this.delivery.refresh();
    return events;
  }
}
