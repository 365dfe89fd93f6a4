/** What a load gave. Times are milliseconds. */
export interface Summary {
  readonly count: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * @param latencies milliseconds, in any order
 * @param seconds how long it took to collect them
 */
export function summarise(latencies: readonly number[], seconds: number): Summary {
  const sorted = Float64Array.from(latencies).sort();
  return {
    count: sorted.length,
    perSecond: sorted.length / seconds,
    p50: percentile(sorted, 50),
    p99: percentile(sorted, 99),
    max: percentile(sorted, 100),
  };
}

/**
 * The smallest value that `percent` of the values do not exceed (nearest rank); NaN of no values.
 * @param sorted ascending
 */
export function percentile(sorted: ArrayLike<number>, percent: number): number {
  return sorted[Math.max(Math.ceil((percent / 100) * sorted.length), 1) - 1] ?? NaN;
}

/** The middle value, or the mean of the two in the middle; NaN of no values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The runs of one contender as one: the median of each figure. */
export function medianOf(runs: readonly Summary[]): Summary {
  const of = (figure: keyof Summary) => median(runs.map((run) => run[figure]));
  return { count: of('count'), perSecond: of('perSecond'), p50: of('p50'), p99: of('p99'), max: of('max') };
}

/**
 * How one contender does against another: the median of the ratios round by round, since what slows the
 * machine down for a while slows both down in the same round.
 */
export function medianRatio(
  ours: readonly Summary[],
  theirs: readonly Summary[],
  figure: 'perSecond' | 'p50' | 'p99',
): number {
  return median(ours.map((summary, round) => summary[figure] / theirs[round][figure]));
}
