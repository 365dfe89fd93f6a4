import { Module } from '@nestjs/common';
import { DeliveryTable } from './adapters/delivery-table';
import { WebhookTable } from './adapters/webhook-table';
import { webhooksApi } from './entrypoints/api';
import { WebhooksController } from './entrypoints/webhooks.controller';
import { SecretStore } from './secret-store';
import { WebhookClient, WebhookTimeout } from './webhook-client';
import { WebhookSender } from './webhook-sender';
import { Webhooks } from './webhooks';

/** Posts events to whoever asks for it, signed and in order. */
@Module({
  controllers: [WebhooksController],
  providers: [
    Webhooks,
    WebhookSender,
    WebhookTable,
    DeliveryTable,
    SecretStore,
    WebhookClient,
    WebhookTimeout,
  ],
})
export class WebhooksModule {
  static readonly api = webhooksApi;
}
