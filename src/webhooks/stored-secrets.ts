import { Injectable } from '@nestjs/common';
import { Retention } from '../retention/contracts';
import { WebhookTable } from './adapters/webhook-table';
import { SecretStore } from './secret-store';

/**
 * Keeps in the database what is needed of secrets, in the way that the settings want: those that have had their day are
 * removed, and those that were stored before there was a key are sealed.
 */
@Injectable()
export class StoredSecrets {
  constructor(
    private readonly table: WebhookTable,
    private readonly secrets: SecretStore,
    retention: Retention,
  ) {
    // After a rotation the secret of before is good for a day.
    retention.register({ name: 'webhook-secrets', days: 1, expire: () => this.tidy() });
  }

  private async tidy(): Promise<'done'> {
    await this.table.removeOutdatedSecrets();
    for (const { id, secret, previousSecret } of await this.table.secrets()) {
      const sealed = this.secrets.sealStored(secret, id);
      const previous = previousSecret === null ? null : this.secrets.sealStored(previousSecret, id);
      if (sealed !== secret || previous !== previousSecret)
        await this.table.replaceSecret(id, secret, sealed, previous);
    }
    return 'done';
  }
}
