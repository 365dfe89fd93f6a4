import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { newId } from '../ids';
import { failed, SpanKind, spanUnderWay, traced } from '../tracing';
import {
  cloudEventOf,
  type DeliveryAttempt,
  OrderedDelivery,
  type OrderedReader,
  ReaderDisabled,
  type StoredEvent,
  TryLater,
} from '../log/contracts';
import { Mails, NotificationsSettings } from '../notifications/contracts';
import { DeliveryTable } from './adapters/delivery-table';
import { WebhookTable } from './adapters/webhook-table';
import { disabledMail } from './disabled-mail';
import { failsForLong, pauseAfter } from './retry-schedule';
import { SecretStore } from './secret-store';
import { type DisabledBecause, readerOf, type WebhookToServe } from './webhook';
import { type AttemptOutcome, WebhookClient } from './webhook-client';

/** Sends every event to the endpoints that want it, those of a SKU in their order. */
@Injectable()
export class WebhookSender implements OnModuleInit {
  private readonly logger = new Logger(WebhookSender.name);
  /** Endpoints whose secrets cannot be read, as the log was told. */
  private readonly unreadable = new Set<string>();

  constructor(
    private readonly delivery: OrderedDelivery,
    private readonly webhooks: WebhookTable,
    private readonly deliveries: DeliveryTable,
    private readonly secrets: SecretStore,
    private readonly client: WebhookClient,
    private readonly mails: Mails,
    private readonly settings: NotificationsSettings,
  ) {}

  onModuleInit(): void {
    this.delivery.follow(async () => {
      const webhooks = await this.webhooks.toServe();
      return webhooks.flatMap((webhook) => this.readerFor(webhook) ?? []);
    });
  }

  private readerFor(webhook: WebhookToServe): OrderedReader | undefined {
    const secrets = this.secretsOf(webhook);
    if (!secrets) return undefined;
    return {
      name: readerOf(webhook.id),
      filter: { types: webhook.types ?? undefined, skus: webhook.skus ?? undefined },
      deliver: (event, attempt) => this.deliver(webhook, secrets, event, attempt),
      pauseAfter: (attempts, failingForMs) => pauseAfter(attempts, failingForMs, webhook.failingSince),
    };
  }

  /** Nothing is sent to an endpoint whose secret cannot be read, and nothing is lost: it waits in the log. */
  private secretsOf({ id, secrets }: WebhookToServe): string[] | undefined {
    try {
      const opened = this.secrets.openAll(secrets, id);
      this.unreadable.delete(id);
      return opened;
    } catch (error) {
      if (!this.unreadable.has(id))
        this.logger.error(`Nothing is sent to webhook ${id}: ${(error as Error).message}`);
      this.unreadable.add(id);
      return undefined;
    }
  }

  private async deliver(
    webhook: WebhookToServe,
    secrets: readonly string[],
    event: StoredEvent,
    { number, signal }: DeliveryAttempt,
  ): Promise<void> {
    const body = JSON.stringify(cloudEventOf(event));
    const outcome = await traced(
      'post to webhook',
      {
        kind: SpanKind.PRODUCER,
        attributes: {
          'stock_allocation.webhook': webhook.id,
          'server.address': new URL(webhook.url).hostname,
          'messaging.message.id': event.id,
          'stock_allocation.attempt': number,
        },
        // The delivery may be sent long after the trace that led to it.
        parent: {},
        links: [event.traceparent],
      },
      async (traceparent) => {
        const message = { id: event.id, body, traceparent };
        const posted = await this.client.post(webhook.url, message, secrets, signal);
        const span = spanUnderWay();
        if (span && posted.error !== null) failed(span, posted.error);
        return posted;
      },
    );
    // Somebody else may be sending it now.
    if (signal.aborted) throw new TryLater('It was broken off', 0);
    await this.note(webhook, event, number, outcome);
    const { status, error, retryAfterMs } = outcome;
    if (error === null) return;
    if (status === 410) await this.disable(webhook, 'gone', error);
    else if (failsForLong(webhook.failingSince)) await this.disable(webhook, 'failing', error);
    if (retryAfterMs !== undefined) throw new TryLater(error, retryAfterMs);
    throw new Error(error);
  }

  private async note(
    { id }: WebhookToServe,
    event: StoredEvent,
    attempt: number,
    { retryAfterMs: _, ...outcome }: AttemptOutcome,
  ): Promise<void> {
    const { id: eventId, type, sku, sequence } = event;
    try {
      await this.deliveries.note(id, { id: newId(), eventId, type, sku, sequence, attempt, ...outcome });
    } catch (error) {
      // The event was sent all the same.
      this.logger.warn({ err: error, webhookId: id }, 'Could not note what became of a delivery');
    }
  }

  /** @throws ReaderDisabled when it was: what was to be sent waits until somebody enables it again */
  private async disable(webhook: WebhookToServe, because: DisabledBecause, error: string): Promise<void> {
    const { STOCK_ALERTS_TO: to } = this.settings;
    const isDisabled = await this.webhooks.disable(webhook, because, (sql) =>
      this.mails.queue(sql, [disabledMail(webhook, because, error, to)]),
    );
    if (isDisabled) {
      this.logger.warn({ webhookId: webhook.id }, `Webhook ${webhook.id} was disabled: ${error}`);
      this.delivery.refresh();
    }
    // Another delivery under way may have been first.
    if (isDisabled || because === 'gone') throw new ReaderDisabled(error);
  }
}
