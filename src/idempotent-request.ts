/** Another request with the same key is being carried out, or was a moment ago. Sent again, this one is told what it came to. */
export class KeyInUse extends Error {
  constructor(key: string) {
    super(
      `The first request with the Idempotency-Key ${key} is not answered yet. Send this one again in a moment`,
    );
  }
}

/** What names a part of a request, and what it came to when it was carried out before. */
export interface RequestPart {
  /** Who sent the request: keys of different callers have nothing to do with each other. */
  readonly caller: string;
  /** The Idempotency-Key. */
  readonly key: string;
  /** Which part of the request it is, where each is recorded by itself; 0 for the request as a whole. */
  readonly part: number;
  /** Tells another request with the same key from this one. */
  readonly fingerprint: Buffer;
}

/** A part that was carried out, with what it came to, as JSON bears it. */
export interface RecordedPart extends RequestPart {
  readonly result: unknown;
}

/** The part with what it came to. */
export function recordedPart({ caller, key, part, fingerprint }: RequestPart, result: unknown): RecordedPart {
  return { caller, key, part, fingerprint, result };
}

/**
 * A request that its client named by an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header). The first unit of
 * work that it leads to takes it, and records what it came to in its own transaction. So it is carried out once, however
 * often it comes, on whichever instance, and whoever crashes after that.
 */
export class IdempotentRequest implements RequestPart {
  private taken = false;
  private withheld = false;
  private others = false;
  /** Set when not all of it could be carried out: whoever repeats it has the rest carried out, so its answer is not kept. */
  isUnfinished = false;

  /** @param results of the parts that were carried out before */
  constructor(
    readonly caller: string,
    readonly key: string,
    readonly fingerprint: Buffer,
    private readonly results: ReadonlyMap<number, unknown> = new Map(),
    readonly part = 0,
  ) {}

  /** Whether it came before, and at least a part of it was carried out. */
  get isRepetition(): boolean {
    return this.results.size > 0;
  }

  /**
   * Whether this attempt records the result, or an earlier one did. Otherwise its answer is not added to a result that
   * is recorded: that is the one of a concurrent attempt.
   */
  get isOwn(): boolean {
    return this.taken || this.isKnown;
  }

  /** Whether one unit of work carries out the whole request, so that its result is that of the request. */
  get isOneUnit(): boolean {
    return this.taken && !this.others;
  }

  /** Whether the part was carried out before. */
  get isKnown(): boolean {
    return this.results.has(this.part);
  }

  /** What the part came to then. */
  get result(): unknown {
    return this.results.get(this.part) ?? undefined;
  }

  /** Called by a unit of work that would record it. @returns whether it may: one of them does, which comes first */
  take(): boolean {
    if (this.withheld) return false;
    if (this.taken) this.others = true;
    else this.taken = true;
    return !this.others;
  }

  /**
   * For a request of several units: keeps them from recording it, since none of them is all of it. The caller records
   * it, and then calls `recorded()`.
   */
  withhold(): void {
    this.withheld = true;
    this.others = true;
  }

  /** Notes that the request was recorded with something else than a unit of work. */
  recorded(): void {
    this.taken = true;
  }

  /** Frees the key: the work that took it, or would have recorded it, has come to nothing. @param reason why */
  release(reason: unknown): void {
    this.taken = false;
    // A concurrent request holds the key and stores its own answer; ours must not be stored.
    if (reason instanceof KeyInUse) this.isUnfinished = true;
  }

  /** A part of it that is recorded by itself. @param part its number, from 1 */
  partOf(part: number): IdempotentRequest {
    this.others = true;
    return new IdempotentRequest(this.caller, this.key, this.fingerprint, this.results, part);
  }
}
