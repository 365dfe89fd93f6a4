import { hash, randomBytes } from 'node:crypto';

/** Tells people, and those who look for secrets in texts, what it is. */
export const SECRET_PREFIX = 'sak_';
const SECRET_BYTES = 32;
const SECRET = new RegExp(`^${SECRET_PREFIX}[\\da-f]{${2 * SECRET_BYTES}}$`);

/** A new secret, as its owner gets it: 256 random bits, so that no hash of it has to be slow. */
export function newSecret(): string {
  return SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('hex');
}

/** Whether it can be one. */
export function isSecret(text: string): boolean {
  return SECRET.test(text);
}

/** What is stored of a secret, and compared. */
export function hashOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** By what its owner recognises a secret that is not shown again. */
export function lastFourOf(secret: string): string {
  return secret.slice(-4);
}
