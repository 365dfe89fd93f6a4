import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { allows, type KeyScope } from '../scopes';
import { Trouble } from '../trouble';
import { Attention, type AttentionOptions, type AttentionSource, type Notice } from '../attention/contracts';
import { type FigureSeries, Figures } from './figures';

/** Notices of one sort that are shown at most: more than a person can look after at once. */
const MOST_NOTICES = 20;

/**
 * The pause between two looks, in milliseconds: as long as makes looking a twentieth of the time, which leaves the database
 * to commands, but within these bounds. The longer one keeps what is shown fresh when looking takes long, as under load.
 */
const [PACE_MS, SLOWEST_MS] = [1_000, 5_000];
const SHARE = 20;

/** Things of one sort that need a person. */
export interface AttentionSection {
  readonly name: string;
  readonly title: string;
  readonly items: readonly Notice[];
  /** Whether there are more than those. */
  readonly more: boolean;
  /** Whether it could not be looked at just now. */
  readonly failed: boolean;
}

/** What is worth a look now. */
export interface OverviewOfNow {
  readonly attention: readonly AttentionSection[];
  readonly figures: FigureSeries;
}

/** An overview as it is answered, for whoever may see as much. */
export interface KeptOverview {
  readonly json: string;
  /** Another one whenever something in it is. */
  readonly version: string;
}

interface Source extends AttentionOptions {
  readonly source: AttentionSource;
  readonly trouble: Trouble;
}

/**
 * What needs a person, and some figures: made once for all who look, however many, and only while somebody does. So the
 * database is asked the same few questions whether one board is open or a thousand.
 */
@Injectable()
export class Overview {
  private readonly logger = new Logger(Overview.name);
  private readonly kept = new Map<string, KeptOverview>();
  private sources?: readonly Source[];
  private sections: readonly (AttentionSection & { readonly scope: KeyScope })[] = [];
  private looking?: Promise<void>;
  private dueAt = 0;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly figures: Figures,
  ) {}

  /** @param scopes what the reader may do */
  async of(scopes: readonly KeyScope[]): Promise<KeptOverview> {
    if (performance.now() >= this.dueAt) await (this.looking ??= this.look());
    const key = scopes.includes('admin') ? 'admin' : scopes.join();
    const known = this.kept.get(key);
    if (known) return known;
    const made = this.make(scopes);
    this.kept.set(key, made);
    return made;
  }

  private make(scopes: readonly KeyScope[]): KeptOverview {
    const attention = this.sections
      .filter(({ scope }) => allows(scopes, scope))
      .map(({ name, title, items, more, failed }) => ({ name, title, items, more, failed }));
    const json = JSON.stringify({ attention, figures: this.figures.series() } satisfies OverviewOfNow);
    return { json, version: createHash('sha256').update(json).digest('base64url').slice(0, 16) };
  }

  private async look(): Promise<void> {
    const began = performance.now();
    this.sources ??= this.find();
    this.sections = await Promise.all(this.sources.map((source) => this.lookAt(source)));
    this.kept.clear();
    const took = performance.now() - began;
    this.dueAt = began + Math.min(Math.max(PACE_MS, SHARE * took), SLOWEST_MS);
    this.looking = undefined;
  }

  /** One that fails is said to, and takes nothing from the others. */
  private async lookAt({ name, title, scope, source, trouble }: Source) {
    try {
      const items = await source.notices(MOST_NOTICES + 1);
      trouble.end();
      const more = items.length > MOST_NOTICES;
      return { name, title, scope, items: items.slice(0, MOST_NOTICES), more, failed: false };
    } catch (error) {
      trouble.begin(error);
      return { name, title, scope, items: [], more: false, failed: true };
    }
  }

  private find(): readonly Source[] {
    return this.discovery
      .getProviders({ metadataKey: Attention.KEY })
      .map((wrapper) => {
        const options = this.discovery.getMetadataByDecorator(Attention, wrapper)!;
        const trouble = new Trouble(this.logger, `Could not look for what needs a person: ${options.name}`);
        return { ...options, source: wrapper.instance as AttentionSource, trouble };
      })
      .sort((a, b) => a.order - b.order);
  }
}
