import type { Bars, Table } from '../scenario';
import { medianOf, medianRatio, type Summary } from '../statistics';
import { milliseconds, times, whole } from './format';

/** What came of a contest: for each contender its summaries, round by round. The last one is the reference. */
interface Entry {
  readonly name: string;
  readonly rounds: readonly Summary[];
}

export function contestTable(entries: readonly Entry[]): Table {
  const reference = entries[entries.length - 1];
  return {
    head: ['', 'requests/s', 'each round', `times ${reference.name}`, 'p50', 'p99'],
    rows: entries.map(({ name, rounds }) => {
      const { perSecond, p50, p99 } = medianOf(rounds);
      return [
        name,
        whole(perSecond),
        rounds.map((round) => whole(round.perSecond)).join(' · '),
        times(medianRatio(rounds, reference.rounds, 'perSecond')),
        milliseconds(p50),
        milliseconds(p99),
      ];
    }),
  };
}

export function contestBars(title: string, entries: readonly Entry[]): Bars {
  return { title, bars: entries.map(({ name, rounds }) => ({ name, value: medianOf(rounds).perSecond })) };
}
