import { setMaxListeners } from 'node:events';
import { timingSafeEqual } from 'node:crypto';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Polling } from '../polling';
import type { KeyScope } from '../scopes';
import { Unavailable } from '../unavailable';
import { type Credential, KeyLookup } from './adapters/key-lookup';
import { hashOf, isSecret } from './secret';
import { Trouble } from '../trouble';

/** How often it is looked for changes, in milliseconds: a key that is revoked elsewhere is good for so long here. */
const POLL_MS = 250;
/** What was known of keys is relied on for so long while the database does not answer, in milliseconds. */
const MAX_AGE_MS = 10_000;
/** How often it is written down that a key was used, in milliseconds. */
const NOTE_MS = 60_000;
/** For how long the keys are sought at the start, in milliseconds: a machine that is busy may need a moment to connect. */
const START_MS = 20_000;

/** A secret that is good. */
class RingKey {
  private readonly end = newEnd();
  private endsAt: number;

  constructor(private credential: Credential) {
    this.endsAt = endOf(credential);
  }

  get id(): string {
    return this.credential.id;
  }

  get name(): string {
    return this.credential.name;
  }

  get scopes(): readonly KeyScope[] {
    return this.credential.scopes;
  }

  /** Tells that it is good no more. */
  get ended(): AbortSignal {
    return this.end.signal;
  }

  get isGood(): boolean {
    return performance.now() < this.endsAt;
  }

  /** In a time that does not tell how much of it is the same. */
  hasHash(hash: Buffer): boolean {
    return timingSafeEqual(this.credential.hash, hash);
  }

  /** The same secret, as it is known now. */
  becomes(credential: Credential): this {
    this.credential = credential;
    this.endsAt = endOf(credential);
    return this;
  }

  revoke(): void {
    this.end.abort();
  }
}

/** What ends streams, each of which listens. */
function newEnd(): AbortController {
  const end = new AbortController();
  setMaxListeners(0, end.signal);
  return end;
}

/** As by performance.now(). */
function endOf({ msLeft }: Credential): number {
  return msLeft === null ? Infinity : performance.now() + msLeft;
}

/** Where a hash is found. Half of it tells nobody the secret, and no two secrets have the same. */
function placeOf(hash: Buffer): string {
  return hash.toString('latin1', 0, 16);
}

/**
 * The keys that are good, in memory, so that no request asks the database for its key. A look at a single row, four times
 * a second, tells whether they have to be read again; so a key that is revoked anywhere ends here in about a quarter of a
 * second. Nobody gets in by what was known more than ten seconds ago.
 */
@Injectable()
export class KeyRing implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(KeyRing.name);
  private readonly polling = new Polling(() => this.round());
  /** By the beginning of the hash; what is behind it is compared. */
  private keys = new Map<string, RingKey>();
  private anyExist = false;
  private first = newEnd();
  private changes = -1;
  private lookedAt = -Infinity;
  private reading: Promise<void> = Promise.resolve();
  private readonly used = new Map<string, Date>();
  private readonly notedAt = new Map<string, number>();
  private readonly trouble = new Trouble(
    this.logger,
    'Could not look for changes of keys, or note their use; trying again',
  );

  constructor(private readonly lookup: KeyLookup) {}

  /** Before anybody is let in. @throws Unavailable when the keys cannot be read for too long */
  async onModuleInit(): Promise<void> {
    const end = performance.now() + START_MS;
    while (!(await this.isRead(end))) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    this.polling.start(POLL_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.polling.stop();
    await this.noteUse(() => true).catch(() => {});
  }

  /** Whether there is any key, also one that was revoked or has expired. */
  get exist(): boolean {
    return this.anyExist;
  }

  /** Tells that there is one. */
  get firstMade(): AbortSignal {
    return this.first.signal;
  }

  /**
   * The key of this secret; undefined when it may not be used.
   * @throws Unavailable when it has not been known for too long which keys were revoked
   */
  find(secret: string): RingKey | undefined {
    if (performance.now() - this.lookedAt > MAX_AGE_MS)
      throw new Unavailable('The keys cannot be read', {
        reason: 'Keys cannot be checked right now',
        announced: true,
      });
    if (!isSecret(secret)) return undefined;
    const hash = hashOf(secret);
    const key = this.keys.get(placeOf(hash));
    if (!key?.hasHash(hash) || !key.isGood) return undefined;
    this.used.set(key.id, new Date());
    return key;
  }

  /** Takes over what was just changed. Should that not be possible now, nobody is let in until it is. */
  async refresh(): Promise<void> {
    await this.read().catch(() => {
      // What is known counts no more; and whoever changes a key has one.
      this.changes = -1;
      this.lookedAt = -Infinity;
      this.noteWhether(true);
    });
  }

  /** @throws Unavailable when they cannot be read, and the time is over */
  private async isRead(end: number): Promise<boolean> {
    try {
      await this.read();
      return true;
    } catch (error) {
      if (error instanceof Unavailable && performance.now() < end) return false;
      throw error;
    }
  }

  /** @returns the pause until the next round, in milliseconds */
  private async round(): Promise<number> {
    try {
      const asked = performance.now();
      if ((await this.lookup.changes()) === this.changes) this.lookedAt = asked;
      else await this.read();
      this.endWhatHasExpired();
      await this.noteUse((id) => performance.now() - (this.notedAt.get(id) ?? -Infinity) >= NOTE_MS);
      this.trouble.end();
    } catch (error) {
      this.trouble.begin(error);
    }
    return POLL_MS;
  }

  /** One after the other, so that what is read last is what counts. */
  private read(): Promise<void> {
    return (this.reading = this.reading.catch(() => {}).then(() => this.readNow()));
  }

  private async readNow(): Promise<void> {
    const asked = performance.now();
    const { changes, exist, credentials } = await this.lookup.read();
    const before = this.keys;
    this.keys = new Map(
      credentials.map((credential) => {
        const place = placeOf(credential.hash);
        return [place, before.get(place)?.becomes(credential) ?? new RingKey(credential)];
      }),
    );
    for (const [place, key] of before) if (!this.keys.has(place)) key.revoke();
    this.noteWhether(exist);
    this.changes = changes;
    this.lookedAt = asked;
  }

  private noteWhether(exist: boolean): void {
    if (exist) this.first.abort();
    else if (this.anyExist) this.first = newEnd();
    this.anyExist = exist;
  }

  private endWhatHasExpired(): void {
    for (const [place, key] of this.keys) {
      if (key.isGood) continue;
      this.keys.delete(place);
      key.revoke();
    }
  }

  private async noteUse(isDue: (id: string) => boolean): Promise<void> {
    const due = new Map([...this.used].filter(([id]) => isDue(id)));
    if (due.size === 0) return;
    await this.lookup.used(due);
    for (const [id, at] of due) {
      this.notedAt.set(id, performance.now());
      if (this.used.get(id) === at) this.used.delete(id);
    }
  }
}
