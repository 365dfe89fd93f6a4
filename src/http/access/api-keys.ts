import type { KeyScope } from '../../scopes';
import type { Request } from '../fastify';

/** A key that may be used now. */
export interface ApiKey {
  readonly id: string;
  /** Whom it was made for. */
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  /** Tells that it may not be used any more. What goes on for it ends then. */
  readonly ended: AbortSignal;
}

/** The keys that requests may bring. Bound by the module that has them; without it there are none. */
export abstract class ApiKeys {
  /** Whether there is any, be it one that was revoked or has expired: then requests need one. */
  abstract readonly exist: boolean;

  /** Tells that there is one. What goes on for whoever needed none ends then; asked while there is none. */
  abstract readonly firstMade: AbortSignal;

  /**
   * The key of this secret; undefined when it may not be used. Asks nobody, so that a request does not wait for it.
   * @throws Unavailable when it has not been known for too long which keys were revoked
   */
  abstract find(secret: string): ApiKey | undefined;
}

/** How a request carries its key; Fastify wants to know the name beforehand. */
export const API_KEY = 'apiKey';

/** The same for what ends the right of a request that needs no key yet. */
export const KEY_NEEDED = 'keyNeeded';

export type RequestWithKey = Request & { [API_KEY]?: ApiKey; [KEY_NEEDED]?: AbortSignal };

/** The key that a request brought; undefined where none was needed. */
export function keyOf(request: Request): ApiKey | undefined {
  return (request as RequestWithKey)[API_KEY];
}

/** Tells that whoever sent the request may do so no more; undefined where everybody may. What goes on for it ends then. */
export function rightEnded(request: Request): AbortSignal | undefined {
  return keyOf(request)?.ended ?? (request as RequestWithKey)[KEY_NEEDED];
}
