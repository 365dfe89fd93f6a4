import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional, Matches } from 'class-validator';
import { Days } from '../config';

/** Where webhooks may be sent to, and how their secrets are kept. */
export class WebhooksSettings {
  /** For receivers in one's own network. Elsewhere it opens that network to whoever may create an endpoint. */
  @Transform(({ value }) => ({ true: true, false: false })[String(value)] ?? (value as unknown))
  @IsBoolean({ message: 'must be true or false' })
  readonly WEBHOOKS_ALLOW_PRIVATE: boolean = false;

  /** Bytes of a key of AES-256. */
  @IsOptional()
  @Matches(/^[A-Za-z\d+/]{43}=$/, {
    message: 'must be 32 bytes in base64, such as by openssl rand -base64 32',
  })
  readonly WEBHOOKS_SECRET_KEY?: string;

  /** Days for which it is kept what became of each delivery. */
  @Days()
  readonly WEBHOOK_DELIVERY_RETENTION_DAYS: number = 30;
}
