/** A line as the customer wishes it. */
export interface WishedLine {
  readonly sku: string;
  /** Pieces, a positive integer. */
  readonly qty: number;
  /** As the customer's other lines when left out. */
  readonly priority?: number;
}

/** What the customer asks for. Of an order that is sent again, this is compared. */
export interface Wish {
  readonly customerId: string | null;
  /** By SKU, which each has for itself. */
  readonly lines: readonly WishedLine[];
  /** Takes the lines that can be had, instead of all or nothing. */
  readonly partial: boolean;
  /** Lines that cannot be had wait. */
  readonly wait: boolean;
  /** Seconds for which it is reserved; null: it is wanted for good. */
  readonly reserveFor: number | null;
}

/** A line of an order that was made of the wish. */
export interface LineOfOrder {
  readonly sku: string;
  readonly qty: number;
  readonly priority: number;
  /** Why the line was refused; absent for one that was not. */
  readonly shortage?: Shortage;
}

/** Why a line cannot be had. */
export interface Shortage {
  /** The most pieces that one batch has left; null when no batch of the SKU was ever created. */
  readonly available: number | null;
}

/** What is being done for an order: whoever finds it so goes on with it. */
export type UnfinishedStep =
  /** Its lines are being reserved for a short while. */
  | 'placing'
  /** One was short, and all were given back; it is tried again, or is found to be short for good. */
  | 'queued'
  /** All lines are held; they are held from now on for as long as was asked. */
  | 'settling'
  /** A reserved order is wanted for good. */
  | 'confirming'
  /** Its lines leave the warehouse. */
  | 'dispatching'
  /** Its lines are given back. */
  | 'cancelling';

/** Where an order rests: nobody has to do anything about it. */
export type RestingStep = 'reserved' | 'confirmed' | 'dispatched' | 'cancelled' | 'expired' | 'short';

export type Step = UnfinishedStep | RestingStep;

type ClosedStep = Exclude<RestingStep, 'reserved' | 'confirmed'>;

const CLOSED: ReadonlySet<string> = new Set<ClosedStep>(['dispatched', 'cancelled', 'expired', 'short']);
const RESTING: ReadonlySet<string> = new Set(['reserved', 'confirmed', ...CLOSED]);

/**
 * An order as a whole: what is to become of its lines, and how far that has come (rule 20). What a line has is not known
 * here but to the allocation, whom everybody may ask to change it. Never changed, only replaced.
 */
export class Order {
  /**
   * @param tries how often its lines were reserved in vain
   * @param version counts its changes, so that two who go on with it at once are told apart
   */
  constructor(
    readonly id: string,
    readonly wish: Wish,
    readonly lines: readonly LineOfOrder[],
    readonly step: Step = 'placing',
    readonly tries = 0,
    readonly version = 1,
  ) {}

  /** @param priority of lines that say nothing of it */
  static of(id: string, wish: Wish, priority: number): Order {
    return new Order(id, wish, linesOf(wish, priority));
  }

  /** Whether somebody has to go on with it. */
  get isUnfinished(): boolean {
    return !RESTING.has(this.step);
  }

  /** Whether nothing will be done about it any more. */
  get isClosed(): boolean {
    return CLOSED.has(this.step);
  }

  get skus(): readonly string[] {
    return this.lines.map(({ sku }) => sku);
  }

  /** The order after its next step. */
  to(step: Step): Order {
    return this.with({ step });
  }

  /** A line was short, and what was held was given back. */
  queue(): Order {
    return this.with({ step: 'queued', tries: this.tries + 1 });
  }

  /** The order was tried often enough for now: its tries are counted anew, but it stays known to be in the way of others. */
  rested(): Order {
    return this.with({ step: 'queued', tries: 1 });
  }

  /**
   * The order is asked for anew, after it was short.
   * @param priority of lines that say nothing of it, by now
   */
  anew(priority: number): Order {
    return this.with({ step: 'placing', tries: 0, lines: linesOf(this.wish, priority) });
  }

  /** The order is refused, for these lines. */
  refuse(shortages: ReadonlyMap<string, Shortage>): Order {
    const lines = this.lines.map((line) => ({ ...line, shortage: shortages.get(line.sku) }));
    return this.with({ step: 'short', lines });
  }

  /** Its line of the SKU is of so many pieces from now on. */
  changeQuantity(sku: string, qty: number): Order {
    return this.with({ lines: this.lines.map((line) => (line.sku === sku ? { ...line, qty } : line)) });
  }

  private with({ step = this.step, tries = this.tries, lines = this.lines }: Partial<Order>): Order {
    return new Order(this.id, this.wish, lines, step, tries, this.version + 1);
  }
}

function linesOf({ lines }: Wish, priority: number): LineOfOrder[] {
  return lines.map((line) => ({ sku: line.sku, qty: line.qty, priority: line.priority ?? priority }));
}

/** Whether both wishes ask for the same. */
export function isSameWish(a: Wish, b: Wish): boolean {
  return (
    a.customerId === b.customerId &&
    a.partial === b.partial &&
    a.wait === b.wait &&
    a.reserveFor === b.reserveFor &&
    a.lines.length === b.lines.length &&
    a.lines.every(({ sku, qty, priority }, index) => {
      const other = b.lines[index];
      return sku === other.sku && qty === other.qty && priority === other.priority;
    })
  );
}

/** How a line stands, as the allocation tells. */
export type LineState =
  'reserved' | 'allocated' | 'waiting' | 'dispatched' | 'out of stock' | 'deallocated' | 'expired';

const HELD: ReadonlySet<LineState> = new Set(['reserved', 'allocated', 'waiting', 'dispatched']);

/** Whether a line is held or waits, or has left. */
export function isHeld(state: LineState): boolean {
  return HELD.has(state);
}

/** How an order stands, for those who ask. */
export const orderStates = [
  'placing',
  'reserved',
  'waiting',
  'confirmed',
  'dispatched',
  'cancelled',
  'expired',
  'short',
] as const;
export type OrderState = (typeof orderStates)[number];

/** Whether nothing will be done any more about an order that stands so. */
export function isClosing(state: OrderState): state is ClosedStep {
  return CLOSED.has(state);
}

/**
 * How an order stands: what its lines say, whoever changed them, as long as it is not closed or on its way to be.
 * @param states of its lines
 */
export function stateOf({ step }: Order, states: readonly LineState[]): OrderState {
  if (step === 'placing' || step === 'queued') return 'placing';
  if (step === 'cancelling') return 'cancelled';
  if (step === 'cancelled' || step === 'expired' || step === 'short') return step;
  return stateOfLines(states);
}

/** How an order stands that was placed, by the states of its lines alone. */
export function stateOfLines(states: readonly LineState[]): OrderState {
  const held = states.filter(isHeld);
  if (held.length === 0) return states.includes('expired') ? 'expired' : 'cancelled';
  if (held.every((state) => state === 'dispatched')) return 'dispatched';
  if (held.includes('reserved')) return 'reserved';
  return held.includes('waiting') ? 'waiting' : 'confirmed';
}
