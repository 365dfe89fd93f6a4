/**
 * What happened to an order line. Each says how the line is afterwards, and `available` what its batch has left to
 * promise. Instants are texts as by Date.toISOString.
 */
import type { LinePromise } from './line';

/** What a line has a batch from: it was asked for, moved (rules 10 and 17), displaced (rule 7) or had waited (rule 13). */
export type PlacementCause = 'asked' | 'moved' | 'displaced' | 'wait-list';
/** Why a line no longer has its batch. Of the last two the next event says where it is then. */
export type DeallocationReason = 'given back' | 'moved' | 'displaced';

/** The fields of an event, handed over by their names. */
type Fields<Event> = { readonly [Name in keyof Event]: Event[Name] };

/** The line is promised for good from this batch, which arrives on `eta` (null: it is in the warehouse). */
export class Allocated {
  constructor(
    readonly sku: string,
    readonly orderId: string,
    readonly qty: number,
    readonly batchRef: string,
    readonly eta: string | null,
    readonly available: number,
    readonly priority = 0,
    readonly wait = false,
    /** The age of the line; null in events that did not record it: their own number. */
    readonly askedSequence: number | null = null,
    /** Null in events that did not record it. */
    readonly cause: PlacementCause | null = 'asked',
  ) {}
}

/** The line holds pieces of the batch until `expiresAt`. */
export class Reserved {
  readonly sku!: string;
  readonly orderId!: string;
  readonly qty!: number;
  readonly batchRef!: string;
  readonly eta!: string | null;
  readonly available!: number;
  readonly priority!: number;
  readonly wait!: boolean;
  readonly askedSequence!: number;
  readonly expiresAt!: string;
  readonly cause!: PlacementCause;

  constructor(fields: Fields<Reserved>) {
    Object.assign(this, fields);
  }
}

/** The line is reserved for longer. */
export class ReservationExtended {
  readonly sku!: string;
  readonly orderId!: string;
  readonly qty!: number;
  readonly batchRef!: string;
  readonly eta!: string | null;
  readonly priority!: number;
  readonly wait!: boolean;
  readonly askedSequence!: number;
  readonly expiresAt!: string;
  readonly previousExpiresAt!: string;

  constructor(fields: Fields<ReservationExtended>) {
    Object.assign(this, fields);
  }
}

/** The reserved line is allocated: its batch holds its pieces for good. */
export class ReservationConfirmed {
  readonly sku!: string;
  readonly orderId!: string;
  readonly qty!: number;
  readonly batchRef!: string;
  readonly eta!: string | null;
  readonly priority!: number;
  readonly wait!: boolean;
  readonly askedSequence!: number;

  constructor(fields: Fields<ReservationConfirmed>) {
    Object.assign(this, fields);
  }
}

/** The reservation ran out at `expiresAt`; the pieces of the line are back in the batch. */
export class ReservationExpired {
  readonly sku!: string;
  readonly orderId!: string;
  readonly qty!: number;
  readonly batchRef!: string;
  readonly available!: number;
  readonly priority!: number;
  readonly wait!: boolean;
  readonly askedSequence!: number;
  readonly expiresAt!: string;

  constructor(fields: Fields<ReservationExpired>) {
    Object.assign(this, fields);
  }
}

/** The line is no longer promised; its pieces are back in the batch. */
export class Deallocated {
  constructor(
    readonly sku: string,
    readonly orderId: string,
    readonly qty: number,
    readonly batchRef: string,
    readonly available: number,
    /** Null in events that did not record it. */
    readonly reason: DeallocationReason | null = 'given back',
  ) {}
}

/**
 * No batch could take the line; nothing is held for it. `available` is what all batches of the SKU have left together:
 * 0 when the SKU is sold out, more when no single batch has enough; null in events that did not record it.
 */
export class OutOfStock {
  constructor(
    readonly sku: string,
    readonly orderId: string,
    readonly qty: number,
    readonly available: number | null,
  ) {}
}

/** The line is on the wait-list, behind those of a higher priority and those of its own that are older. */
export class Waitlisted {
  readonly sku!: string;
  readonly orderId!: string;
  readonly qty!: number;
  readonly priority!: number;
  readonly askedSequence!: number;
  /** Seconds for which it is reserved once a batch can take it; null: it is allocated for good. */
  readonly reserveFor!: number | null;
  /** What the customer was told last, if the line was displaced. */
  readonly lastPromise!: LinePromise | null;

  constructor(fields: Fields<Waitlisted>) {
    Object.assign(this, fields);
  }
}

/** The line was taken off the wait-list, and is not wanted any more. */
export class WaitCancelled {
  constructor(
    readonly sku: string,
    readonly orderId: string,
    readonly qty: number,
  ) {}
}

/** The pieces of the line have left the warehouse. */
export class Dispatched {
  readonly sku!: string;
  readonly orderId!: string;
  readonly qty!: number;
  readonly batchRef!: string;
  readonly available!: number;
  /** Pieces that have left the batch so far, these included. */
  readonly dispatched!: number;
  readonly priority!: number;
  readonly wait!: boolean;
  readonly askedSequence!: number;

  constructor(fields: Fields<Dispatched>) {
    Object.assign(this, fields);
  }
}

/** The line is wanted on other terms than before; its batch, or that it waits, stays as it is. */
export class TermsChanged {
  readonly sku!: string;
  readonly orderId!: string;
  readonly qty!: number;
  readonly state!: 'reserved' | 'allocated' | 'waiting';
  readonly batchRef!: string | null;
  readonly eta!: string | null;
  readonly priority!: number;
  readonly previousPriority!: number;
  readonly wait!: boolean;
  readonly askedSequence!: number;
  /** When the reservation of a reserved line ends. */
  readonly expiresAt!: string | null;
  /** For how long a waiting line is reserved once there is a batch for it, as in Waitlisted. */
  readonly reserveFor!: number | null;
  readonly lastPromise!: LinePromise | null;

  constructor(fields: Fields<TermsChanged>) {
    Object.assign(this, fields);
  }
}

/** The customer has to be told another day than the last one, whether the line or its batch has moved. */
export class PromiseChanged {
  readonly sku!: string;
  readonly orderId!: string;
  readonly qty!: number;
  readonly state!: 'reserved' | 'allocated';
  readonly batchRef!: string;
  readonly eta!: string | null;
  readonly previousBatchRef!: string;
  readonly previousEta!: string | null;
  readonly priority!: number;
  readonly wait!: boolean;
  readonly askedSequence!: number;
  readonly expiresAt!: string | null;

  constructor(fields: Fields<PromiseChanged>) {
    Object.assign(this, fields);
  }
}
