import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional, Matches } from 'class-validator';

/** Where webhooks may be sent to, and how their secrets are kept. */
export class WebhooksSettings {
  /** For receivers in one's own network. Elsewhere it opens that network to whoever may create an endpoint. */
  @Transform(({ value }) => ({ true: true, false: false })[String(value)] ?? (value as unknown))
  @IsBoolean({ message: 'must be true or false' })
  readonly WEBHOOKS_ALLOW_PRIVATE: boolean = false;

  /** Of AES-256. */
  @IsOptional()
  @Matches(/^[A-Za-z\d+/]{43}=$/, {
    message: 'must be 32 bytes in base64, such as by openssl rand -base64 32',
  })
  readonly WEBHOOKS_SECRET_KEY?: string;
}
