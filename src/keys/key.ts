import type { KeyScope } from '../scopes';

/** A key as it is shown: all but its secret, which nobody has but its owner. */
export interface Key {
  readonly id: string;
  /** Whom it is for. No two keys that are in use have the same. */
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  /** The last characters of its secret. */
  readonly lastFour: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  /** When it got the secret that it has. */
  readonly rotatedAt: Date | null;
  /** Until when the secret of before is good, too. */
  readonly previousUntil: Date | null;
  readonly revokedAt: Date | null;
  /** When it was seen last, give or take a minute. */
  readonly lastUsedAt: Date | null;
}

/** A key with its secret, which is shown this once. */
export type KeyWithSecret = Key & { readonly key: string };

/** What a new key is to be. */
export interface KeyWish {
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  readonly expiresAt: Date | null;
}

/** A key of that name is in use already. */
export class KeyExists extends Error {
  constructor(name: string) {
    super(`There is a key ${name} already`);
  }
}

/** The key would be good no more when it is created. */
export class KeyExpired extends Error {
  constructor() {
    super('must be in the future');
  }
}

/** For so long the secret of before is good unless one asks otherwise, and at most; in seconds. */
export const OVERLAP = 24 * 60 * 60;
export const LONGEST_OVERLAP = 30 * OVERLAP;
