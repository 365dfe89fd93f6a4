import type { DataSource } from 'typeorm';
import type { Config } from '../../config';
import { Readers } from '../../log/contracts';
import { SecretStore } from '../secret-store';
import { WebhookClient, WebhookTimeout } from '../webhook-client';
import { Webhooks } from '../webhooks';
import { DeliveryTable } from './delivery-table';
import { WebhookTable } from './webhook-table';

/** The same on a database alone, for a process that sends no events: the service finds out what it changes. */
export function webhooksOn(dataSource: DataSource, config: Config): Webhooks {
  return new Webhooks(
    new WebhookTable(dataSource, dataSource, new Readers(dataSource)),
    new DeliveryTable(dataSource, dataSource),
    new SecretStore(config),
    new WebhookClient(config, new WebhookTimeout()),
    { refresh: () => {} },
  );
}
