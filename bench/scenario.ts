import type { Bench } from './bench';

/** A promise about speed, and what came of it. */
export interface Goal {
  readonly what: string;
  readonly goal: string;
  readonly measured: string;
  readonly met: boolean;
}

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Bars of the chart that belong together. */
export interface Bars {
  readonly title: string;
  readonly bars: readonly { readonly name: string; readonly value: number }[];
}

export interface Result {
  readonly goals: readonly Goal[];
  readonly table: Table;
  /** How to read the table, a sentence or two. */
  readonly notes?: string;
  readonly bars?: Bars;
}

export interface Scenario {
  /** What `--only` calls it. */
  readonly name: string;
  readonly title: string;
  /** @returns undefined when it is left out at these sizes */
  run(bench: Bench): Promise<Result | undefined>;
}
