import type { DataSource } from 'typeorm';
import { Readers } from '../../log/contracts';
import { SecretStore } from '../secret-store';
import { WebhookClient, WebhookTimeout } from '../webhook-client';
import { Webhooks } from '../webhooks';
import type { WebhooksSettings } from '../webhooks-settings';
import { DeliveryTable } from './delivery-table';
import { WebhookTable } from './webhook-table';

/** `Webhooks` on a database alone, for a process that sends no events: the service finds out what it changes. */
export function webhooksOn(dataSource: DataSource, settings: WebhooksSettings): Webhooks {
  return new Webhooks(
    new WebhookTable(dataSource, dataSource, new Readers(dataSource)),
    new DeliveryTable(dataSource, dataSource),
    new SecretStore(settings),
    new WebhookClient(settings, new WebhookTimeout()),
    { refresh: () => {} },
  );
}
