import { DiscoveryService } from '@nestjs/core';
import type { KeyScope } from '../scopes';

/** What a notice may be about. Clients know these, so another one is a change of the contract (record 20). */
export const noticeKinds = ['sku', 'batch', 'order', 'webhook', 'dead-letter', 'mail', 'reader'] as const;

/** One thing that needs a person. Texts are shown as they are; days and instants as the reader is used to. */
export interface Notice {
  /** What it is about: a SKU, a batch, an order, or something else that has a name. */
  readonly kind: (typeof noticeKinds)[number];
  readonly id: string;
  /** The SKU that it is of, where it is not that itself. */
  readonly sku?: string;
  /** What is the matter, in a few words. */
  readonly text: string;
  /** When it was due, or is: a day as YYYY-MM-DD, or an instant as by Date.toISOString. */
  readonly when?: string;
}

/** Looks for things of one sort that need a person. */
export interface AttentionSource {
  /**
   * Those that need one most come first. It is asked once a second at most, for all who look.
   * @param limit so many at most
   */
  notices(limit: number): Promise<readonly Notice[]>;
}

/** What a source is shown as. */
export interface AttentionOptions {
  /** Names it in the answer of the API. */
  readonly name: string;
  readonly title: string;
  /** What a key must be allowed to do to be shown the notices. */
  readonly scope: KeyScope;
  /** Where it stands among the others: the smallest number first. */
  readonly order: number;
}

/** Has notices of a provider, an `AttentionSource`, shown to whoever looks. Each module says so of what it knows itself. */
export const Attention = DiscoveryService.createDecorator<AttentionOptions>();
