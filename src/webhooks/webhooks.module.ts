import { Module } from '@nestjs/common';
import type { Migration } from '../database/data-source';
import type { ModuleApi } from '../http/module-api';
import { DeliveryRetention } from './adapters/delivery-retention';
import { DeliveryTable } from './adapters/delivery-table';
import { WebhookAttention } from './adapters/webhook-attention';
import { WebhookTable } from './adapters/webhook-table';
import { WebhookMetrics } from './adapters/webhook-metrics';
import { webhookProblems } from './entrypoints/problems';
import { WebhooksController } from './entrypoints/webhooks.controller';
import { Webhooks1790000009000 } from './migrations/1790000009000-webhooks';
import { SecretStore } from './secret-store';
import { WebhookClient, WebhookTimeout } from './webhook-client';
import { StoredSecrets } from './stored-secrets';
import { WebhookSender } from './webhook-sender';
import { Webhooks } from './webhooks';
import { WebhooksSettings } from './webhooks-settings';

/** Posts events to whoever asks for it, signed and in order. */
@Module({
  controllers: [WebhooksController],
  providers: [
    Webhooks,
    WebhookSender,
    WebhookTable,
    DeliveryTable,
    DeliveryRetention,
    WebhookAttention,
    SecretStore,
    StoredSecrets,
    WebhookClient,
    WebhookTimeout,
    WebhookMetrics,
  ],
})
export class WebhooksModule {
  static readonly settings = WebhooksSettings;
  static readonly migrations: readonly Migration[] = [Webhooks1790000009000];
  static readonly api: ModuleApi = {
    problems: webhookProblems,
    tags: [{ name: 'Webhooks', description: 'Have events sent to an endpoint of yours.' }],
  };
}
