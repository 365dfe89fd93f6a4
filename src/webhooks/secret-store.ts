import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { WebhooksSettings } from './webhooks-settings';

const CIPHER = 'aes-256-gcm';
const SEALED = `${CIPHER}:`;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A secret that was stored under another key than that of the settings, or under one while there is none. */
export class SecretUnreadable extends Error {}

/**
 * Seals secrets of endpoints with the key of the settings, so that whoever has the database alone can forge nothing.
 * Without a key they are stored as they are.
 */
@Injectable()
export class SecretStore {
  private readonly logger = new Logger(SecretStore.name);
  private readonly key?: Buffer;
  private hasWarned = false;

  constructor({ WEBHOOKS_SECRET_KEY }: WebhooksSettings) {
    if (WEBHOOKS_SECRET_KEY) this.key = Buffer.from(WEBHOOKS_SECRET_KEY, 'base64');
  }

  /**
   * @param owner the id of the endpoint; the sealed secret is good for no other
   * @returns what to store
   */
  seal(secret: string, owner: string): string {
    if (!this.key) {
      this.warnOnce();
      return secret;
    }
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.key, iv).setAAD(Buffer.from(owner));
    const sealed = [iv, cipher.update(secret), cipher.final(), cipher.getAuthTag()];
    return SEALED + Buffer.concat(sealed).toString('base64');
  }

  /**
   * What is stored, sealed if it is not and there is a key.
   * @param owner as of `seal`
   */
  sealStored(stored: string, owner: string): string {
    return this.key && !stored.startsWith(SEALED) ? this.seal(stored, owner) : stored;
  }

  /** @throws SecretUnreadable */
  open(stored: string, owner: string): string {
    if (!stored.startsWith(SEALED)) return stored;
    if (!this.key)
      throw new SecretUnreadable('WEBHOOKS_SECRET_KEY is not set, but its secret was sealed with such a key');
    const sealed = Buffer.from(stored.slice(SEALED.length), 'base64');
    try {
      const decipher = createDecipheriv(CIPHER, this.key, sealed.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(owner)).setAuthTag(sealed.subarray(-TAG_BYTES));
      const opened = decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES));
      // The tag is compared here.
      return Buffer.concat([opened, decipher.final()]).toString();
    } catch {
      throw new SecretUnreadable('WEBHOOKS_SECRET_KEY is not the key that its secret was sealed with');
    }
  }

  /**
   * @param stored the newest first; those before it are left out when they cannot be read
   * @throws SecretUnreadable
   */
  openAll([newest, ...earlier]: readonly string[], owner: string): string[] {
    const opened = [this.open(newest, owner)];
    for (const stored of earlier) {
      try {
        opened.push(this.open(stored, owner));
      } catch {
        // The key was exchanged, and then the secret.
      }
    }
    return opened;
  }

  private warnOnce(): void {
    if (this.hasWarned) return;
    this.hasWarned = true;
    this.logger.warn(
      'The secrets of webhooks are stored as they are, since WEBHOOKS_SECRET_KEY is not set: whoever can read the ' +
        'database can send what looks like webhooks of this service',
    );
  }
}
