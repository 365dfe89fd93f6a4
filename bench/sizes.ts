/** How much is done. */
export interface Sizes {
  /** How often each contender has its turn. */
  readonly rounds: number;
  /** Not measured: the service compiles its code as it runs, and fills its caches. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** Lines of the SKU with a long history. */
  readonly history: number;
  /** Events in the log. */
  readonly logEvents: number;
  /** Events that wait to be numbered when the service starts. */
  readonly backlog: number;
  /** Lines that a cut displaces. */
  readonly displaced: number;
  /** Lines of a batch whose ETA slips. */
  readonly slipping: number;
  /** Reservations that run out at once, in thousands. */
  readonly expiring: number;
  /** Lines that wait for one SKU. */
  readonly waiting: number;
  /** Batches of the SKU that has many. */
  readonly openBatches: number;
  /** Allocations after which memory is looked at; 0 leaves that out. */
  readonly allocations: number;
}

export const fullSizes: Sizes = {
  rounds: 3,
  warmUpSeconds: 3,
  seconds: 8,
  history: 1_000_000,
  logEvents: 20_000_000,
  backlog: 1_000_000,
  displaced: 100_000,
  slipping: 10_000,
  expiring: 100_000,
  waiting: 100_000,
  openBatches: 10_000,
  allocations: 1_000_000,
};

/** For a first impression within two minutes. */
export const quickSizes: Sizes = {
  rounds: 3,
  warmUpSeconds: 1,
  seconds: 1.5,
  history: 20_000,
  logEvents: 500_000,
  backlog: 50_000,
  displaced: 10_000,
  slipping: 10_000,
  expiring: 10_000,
  waiting: 10_000,
  openBatches: 10_000,
  allocations: 0,
};
