import type { Explanation, Terms } from '../../src/allocation/contracts';
import {
  type Answer,
  type Ask,
  type AvailabilitySeen,
  type BatchSeen,
  type LineSeen,
  quantities,
  type QuoteSeen,
  type Seen,
  type Wish,
} from './life';

interface OracleBatch {
  ref: string;
  eta: string | null;
  created: { qty: number; eta: string | null };
  /** What it has is what they add up to. */
  movements: [number, string][];
}

interface OracleLine {
  order: string;
  qty: number;
  state: 'reserved' | 'allocated' | 'waiting' | 'dispatched' | 'expired' | 'given back' | 'out of stock';
  batch: string | null;
  priority: number;
  wait: boolean;
  age: number;
  /** Until when it is reserved, in milliseconds; or for how many seconds it will be, when it waits. Null: for good. */
  until: number | null;
  reserveFor: number | null;
  /** The day that the customer was told last; undefined: none. */
  notifiedEta?: string | null;
  /** The service knows the line as one that has expired, even if it was out of stock since. */
  hadExpired: boolean;
}

class Refused extends Error {}

function refuse(error: string): never {
  throw new Refused(error);
}

/**
 * The rules of the business a second time: naively, on plain lists of one SKU, with no thought of speed, events or
 * databases. What it and the service do not agree on is wrong in one of them.
 */
export class Oracle {
  private batches: OracleBatch[] = [];
  private lines: OracleLine[] = [];
  private promises: [string, string | null, string | null][] = [];
  private asked = 0;

  constructor(private now: number) {}

  pass(seconds: number): void {
    this.now += seconds * 1_000;
  }

  /** All or nothing: first what time brings, then the wish, then whoever waits gets what is there. */
  carryOut(wish: Wish): Answer {
    const before = structuredClone([this.batches, this.lines, this.promises] as const);
    try {
      this.expire();
      const answer = this.apply(wish);
      this.serveWaiting();
      this.notify();
      return answer;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      [this.batches, this.lines, this.promises] = before;
      return error.message;
    }
  }

  /** Rule 19: it is done, looked at, and undone. */
  explain(ask: Ask): Explanation | string {
    const before = structuredClone([this.batches, this.lines, this.promises] as const);
    this.expire();
    const known = this.lines.find(({ order, state }) => order === ask.order && isKnown(state));
    const considered: Explanation['considered'][number][] = [];
    let taken = false;
    for (const batch of known ? [] : this.preferred()) {
      const available = this.available(batch.ref);
      const fits = available >= ask.qty;
      const verdict = taken ? 'not reached' : fits ? 'taken' : `too few: ${available} of ${ask.qty}`;
      considered.push({ batchRef: batch.ref, eta: batch.eta, available, verdict });
      taken ||= fits;
    }
    const outcome = this.carryOut(ask)!;
    const line = this.lines.find(({ order }) => order === ask.order);
    const eta = line?.batch ? this.batch(line.batch).eta : null;
    const wouldWait = outcome === 'waiting' || outcome === 'out of stock';
    if (outcome === 'out of stock') Object.assign(line!, { state: 'waiting' });
    const place = wouldWait ? this.waiting().indexOf(line!) + 1 : null;
    [this.batches, this.lines, this.promises] = before;
    if (!line || /^[A-Z]/.test(outcome)) return outcome;
    return {
      ...{ outcome: outcome as Explanation['outcome'], batchRef: line.batch, eta },
      ...{ place, considered },
    };
  }

  look(): Seen {
    const lines = this.lines.map((line): [string, LineSeen] => [line.order, this.seen(line)]);
    const batches = this.batches.map(({ ref: batchRef, eta, movements }): [string, BatchSeen] => [
      batchRef,
      { eta, available: this.available(batchRef), has: this.has(batchRef), movements },
    ]);
    const promises = this.promises.sort(([a], [b]) => (a < b ? -1 : 1));
    this.promises = [];
    return structuredClone({
      lines: Object.fromEntries(lines),
      batches: Object.fromEntries(batches),
      promises,
    });
  }

  availability(): AvailabilitySeen | undefined {
    if (this.batches.length === 0) return undefined;
    const held = this.lines.filter(({ state }) => state === 'reserved' || state === 'allocated');
    const pieces = (lines: OracleLine[], state: string) =>
      lines.filter((line) => line.state === state).reduce((sum, { qty }) => sum + qty, 0);
    const left = (batches: OracleBatch[]) =>
      batches.reduce((sum, { ref: batchRef }) => sum + this.available(batchRef), 0);
    const schedule = [...new Set(this.preferred().map(({ eta }) => eta))].map((eta) => {
      const lines = held.filter(({ batch }) => this.batch(batch!).eta === eta);
      const available = left(this.batches.filter((batch) => batch.eta === eta));
      return { eta, available, reserved: pieces(lines, 'reserved'), allocated: pieces(lines, 'allocated') };
    });
    const onTheirWay = this.batches.filter(({ eta }) => eta !== null);
    return {
      availableNow: left(this.batches.filter(({ eta }) => eta === null)),
      available: left(this.batches),
      reserved: pieces(held, 'reserved'),
      allocated: pieces(held, 'allocated'),
      inTransit: onTheirWay.reduce((sum, { ref: batchRef }) => sum + this.has(batchRef), 0),
      waiting: { lines: this.waiting().length, pieces: pieces(this.lines, 'waiting') },
      schedule: schedule.filter(({ available }) => available > 0),
      quotes: quantities.map((qty) => this.quote(qty)),
    };
  }

  private quote(qty: number): QuoteSeen {
    const best = this.best(qty);
    if (best) return { batchRef: best, eta: this.batch(best).eta };
    let missing = qty;
    const parts: [string, string | null, number][] = [];
    for (const { ref: batchRef, eta } of this.preferred()) {
      const part = Math.min(this.available(batchRef), missing);
      if (part > 0) parts.push([batchRef, eta, part]);
      missing -= part;
    }
    return { parts, missing };
  }

  private apply(wish: Wish): Answer {
    switch (wish.do) {
      case 'create':
        return this.create(wish.batchRef, wish.qty, wish.eta);
      case 'ask':
        return this.ask(wish);
      case 'confirm':
        this.askAgain(this.wanted(wish.order), {});
        return;
      case 'give back': {
        const line = this.lines.find(({ order, state }) => order === wish.order && isKnown(state));
        if (!line) return refuse('LineNotAllocated');
        if (line.state === 'dispatched') refuse('LineDispatched');
        Object.assign(line, { state: 'given back', batch: null });
        return;
      }
      case 'reallocate': {
        const line = this.lines.find(({ order, state }) => order === wish.order && isKnown(state));
        if (!line || line.state === 'waiting') return refuse('LineNotAllocated');
        if (line.state === 'dispatched') refuse('LineDispatched');
        const own = line.batch;
        line.batch = null;
        line.batch = this.best(line.qty, own)!;
        return;
      }
      case 'dispatch': {
        const line = this.wanted(wish.order);
        if (line.state === 'dispatched') return;
        if (line.state !== 'allocated') refuse('LineNotConfirmed');
        if (this.batch(line.batch!).eta !== null) refuse('BatchNotArrived');
        line.state = 'dispatched';
        this.batch(line.batch!).movements.push([-line.qty, 'dispatched']);
        return;
      }
      case 'change line':
        return this.changeLine(this.wanted(wish.order), wish.qty);
      case 'set quantity':
        return this.change(wish.batchRef, wish.qty - this.purchased(wish.batchRef), 'quantity set');
      case 'adjust':
        return this.change(wish.batchRef, wish.delta, wish.reason);
      case 'arrive': {
        const batch = this.batch(wish.batchRef);
        const delta = (wish.qty ?? this.purchased(wish.batchRef)) - this.purchased(wish.batchRef);
        if (batch.eta === null) return delta === 0 ? 'arrived already' : refuse('BatchArrivedAlready');
        batch.eta = null;
        batch.movements.push([delta, 'arrived']);
        this.refit(wish.batchRef);
        return 'arrived';
      }
      case 'change ETA':
        this.slip(this.batch(wish.batchRef), wish.eta);
        if (wish.qty === undefined) return;
        return this.change(wish.batchRef, wish.qty - this.purchased(wish.batchRef), 'quantity set');
      case 'expire':
        return;
    }
  }

  private create(batchRef: string, qty: number, eta: string | null): Answer {
    const existing = this.batches.find((batch) => batch.ref === batchRef);
    if (!existing) {
      this.batches.push({ ref: batchRef, eta, created: { qty, eta }, movements: [[qty, 'purchased']] });
      return 'created';
    }
    const isAsCreated = existing.created.qty === qty && existing.created.eta === eta;
    const isAsNow = this.purchased(batchRef) === qty && existing.eta === eta;
    return isAsCreated || isAsNow ? 'exists already' : refuse('BatchConflict');
  }

  private ask(wish: Ask): Answer {
    if (this.batches.length === 0) refuse('InvalidSku');
    const { order, qty, priority = 0, wait = false, reserveFor } = wish;
    const known = this.lines.find((line) => line.order === order);
    if (known && isKnown(known.state))
      return known.qty === qty ? this.askAgain(known, wish) : refuse('LineConflict');
    const line: OracleLine = {
      ...{ order, qty, priority, wait, state: 'out of stock', batch: null, reserveFor: null },
      ...{ age: (this.asked += 1), until: reserveFor === undefined ? null : this.now + reserveFor * 1_000 },
      hadExpired: known?.hadExpired ?? false,
    };
    this.lines = [...this.lines.filter((other) => other !== known), line];
    this.place(line);
    return line.state;
  }

  private askAgain(line: OracleLine, asked: Terms): Answer {
    if (line.state === 'dispatched') return line.state;
    line.priority = asked.priority ?? line.priority;
    line.wait ||= asked.wait ?? false;
    const { reserveFor } = asked;
    if (line.state === 'waiting') {
      const isForGood = reserveFor === undefined || line.reserveFor === null;
      line.reserveFor = isForGood ? null : Math.max(reserveFor, line.reserveFor!);
    } else if (reserveFor === undefined) {
      Object.assign(line, { state: 'allocated', until: null });
    } else if (line.until !== null) {
      line.until = Math.max(line.until, this.now + reserveFor * 1_000);
    }
    return line.state;
  }

  /** Given back and asked for anew, or left as it is. */
  private changeLine(line: OracleLine, qty: number): Answer {
    if (line.state === 'dispatched') refuse('LineDispatched');
    if (line.qty === qty) return 'changed';
    const own = line.batch;
    line.batch = null;
    if (own !== null && !this.best(qty)) {
      line.batch = own;
      return 'out of stock';
    }
    if (line.state === 'waiting')
      line.until = line.reserveFor === null ? null : this.now + line.reserveFor * 1_000;
    Object.assign(line, { qty, age: (this.asked += 1) });
    this.place(line);
    return 'changed';
  }

  private change(batchRef: string, delta: number, reason: string): Answer {
    const batch = this.batch(batchRef);
    if (this.has(batchRef) + delta < 0) refuse('QuantityOutOfBounds');
    if (delta !== 0) batch.movements.push([delta, reason]);
    this.refit(batchRef);
    return undefined;
  }

  private slip(batch: OracleBatch, eta: string): void {
    if (batch.eta === null) refuse('BatchArrivedAlready');
    if (batch.eta === eta) return;
    batch.eta = eta;
    for (const line of this.heldBy(batch.ref)) {
      const earlier = this.batches.filter((other) => (other.eta ?? '') < eta).map((batch) => batch.ref);
      const better = this.preferred().find(
        ({ ref: batchRef }) => earlier.includes(batchRef) && this.available(batchRef) >= line.qty,
      );
      if (better) line.batch = better.ref;
    }
  }

  /** Rule 7. */
  private refit(batchRef: string): void {
    const displaced: OracleLine[] = [];
    while (this.available(batchRef) < 0) {
      const last = this.heldBy(batchRef).at(-1)!;
      last.batch = null;
      displaced.unshift(last);
    }
    for (const line of displaced) this.place(line);
  }

  private place(line: OracleLine): void {
    line.batch = this.best(line.qty);
    if (line.batch) line.state = line.until === null ? 'allocated' : 'reserved';
    else if (line.wait) {
      line.state = 'waiting';
      line.reserveFor = line.until === null ? null : Math.ceil((line.until - this.now) / 1_000);
      line.until = null;
    } else line.state = 'out of stock';
    line.hadExpired &&= line.state === 'out of stock';
  }

  private expire(): void {
    const isOver = ({ state, until }: OracleLine) => state === 'reserved' && until! <= this.now;
    for (const line of this.lines.filter(isOver)) {
      Object.assign(line, { state: 'expired', batch: null, hadExpired: true });
    }
    this.serveWaiting();
    this.notify();
  }

  private serveWaiting(): void {
    for (const line of this.waiting()) {
      if (!this.best(line.qty)) continue;
      line.until = line.reserveFor === null ? null : this.now + line.reserveFor * 1_000;
      this.place(line);
    }
  }

  /** Whoever was told another day than the one of his batch is told. */
  private notify(): void {
    for (const line of this.lines) {
      if (line.state === 'reserved' || line.state === 'allocated') {
        const { eta } = this.batch(line.batch!);
        if (line.notifiedEta !== undefined && line.notifiedEta !== eta)
          this.promises.push([line.order, line.notifiedEta, eta]);
        line.notifiedEta = eta;
      } else if (line.state !== 'waiting') line.notifiedEta = undefined;
    }
  }

  private wanted(order: string): OracleLine {
    const line = this.lines.find((one) => one.order === order);
    if (!line) return refuse('LineNotAllocated');
    if (isKnown(line.state)) return line;
    return refuse(line.hadExpired ? 'ExpiredReservation' : 'LineNotAllocated');
  }

  private batch(batchRef: string): OracleBatch {
    return this.batches.find((batch) => batch.ref === batchRef) ?? refuse('BatchNotFound');
  }

  private has(batchRef: string): number {
    return this.batch(batchRef).movements.reduce((sum, [pieces]) => sum + pieces, 0);
  }

  private purchased(batchRef: string): number {
    const left = this.batch(batchRef).movements.filter(([, reason]) => reason === 'dispatched');
    return left.reduce((sum, [pieces]) => sum - pieces, this.has(batchRef));
  }

  private available(batchRef: string): number {
    return this.heldBy(batchRef).reduce((left, { qty }) => left - qty, this.has(batchRef));
  }

  /** In the order of rule 2. */
  private preferred(): OracleBatch[] {
    return [...this.batches].sort((a, b) => ((a.eta ?? '') < (b.eta ?? '') ? -1 : a.eta === b.eta ? 0 : 1));
  }

  /** @param own a batch that takes the line in any case */
  private best(qty: number, own?: string | null): string | null {
    const takes = ({ ref: batchRef }: OracleBatch) => batchRef === own || this.available(batchRef) >= qty;
    return this.preferred().find(takes)?.ref ?? null;
  }

  /** The lines that hold pieces of the batch, those first that are served first. */
  private heldBy(batchRef: string): OracleLine[] {
    const isHeld = ({ batch, state }: OracleLine) => batch === batchRef && state !== 'dispatched';
    return this.inOrder(this.lines.filter(isHeld));
  }

  private waiting(): OracleLine[] {
    return this.inOrder(this.lines.filter(({ state }) => state === 'waiting'));
  }

  private inOrder(lines: OracleLine[]): OracleLine[] {
    return lines.sort((a, b) => b.priority - a.priority || a.age - b.age);
  }

  private seen({ state, qty, batch, priority, until, ...line }: OracleLine): LineSeen {
    if (state === 'waiting') {
      const place = this.waiting().findIndex(({ order }) => order === line.order) + 1;
      return { state, qty, priority, place };
    }
    if (batch === null) return { state: state === 'given back' ? 'deallocated' : state, qty };
    const { eta } = this.batch(batch);
    const held = { state, qty, batchRef: batch, eta, priority };
    return state === 'reserved' ? { ...held, expiresAt: new Date(until!).toISOString() } : held;
  }
}

function isKnown(state: OracleLine['state']): boolean {
  return !['expired', 'given back', 'out of stock'].includes(state);
}
