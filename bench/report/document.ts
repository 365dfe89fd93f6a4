import type { Sizes } from '../sizes';
import { details, goalsTable, markdownTable, type Outcome } from './markdown';

interface Report {
  readonly machine: readonly (readonly [string, string])[];
  readonly sizes: Sizes;
  readonly outcomes: readonly Outcome[];
  /** Of the file, and of the picture beside it. */
  readonly name: string;
}

/** docs/benchmarks.md: what was measured, on what, how, and what came of it. */
export function benchmarksDocument({ machine, sizes, outcomes, name }: Report): string {
  const goals = outcomes.flatMap(({ result }) => result.goals);
  return `# Benchmarks

Written by \`npm run bench\`; run it to see the figures of your machine, and with \`--database <url>\` those of another
PostgreSQL than the service's own. Ratios carry over from one machine to another better than absolute figures do.

![Allocations per second](${name}.svg)

${markdownTable(goalsTable(goals))}

## Machine

${markdownTable({ head: ['', ''], rows: machine })}

## Method

- Service, database and the clients that ask share this one machine and its processors.
- The database is durable: a 202 means that the disk has it. Of the settings of the service's own PostgreSQL, which is
  the embedded one, only \`max_connections\` differs; those of another are as they are.
- Those who are compared take turns, ${sizes.rounds} rounds of them (A B A B …), each turn on a newly created database
  with the same stock, analysed and checkpointed. A turn is ${sizes.warmUpSeconds} s to warm up, with
  128 clients whatever comes then, and ${sizes.seconds} s that count.
- Clients keep their connection and ask again as soon as they have their answer. Each line is of a SKU taken at
  random and of 1 to 10 pieces. What is slow is therefore asked less often: percentiles are those of this load.
- Figures are medians of the rounds; a ratio is the median of the ratios of each round.
- *Single SQL statement* is what one would write by hand: one prepared statement a line from as many connections as
  there are clients (or as the server has, but for 20), on the same tables, without HTTP or any service. It picks the batch by the same rule under a lock,
  and writes what the service writes: version of the product, counter of the batch, line, event, and the
  views of line and batch. *Queued* is the same statement after an advisory lock, at which the
  writers of a SKU wait in line instead of waking each other at its row: the best we could make of one statement a
  line for a hot SKU. *Lean* writes no views: version, counter, line and event alone. See \`bench/baseline.ts\`.
- After each turn the tables are audited: counters, lines and events must agree, no batch be oversold, every accepted
  line be there, and every answer be the right one. Else the benchmark fails, whatever the speed.
- The service runs as built, with \`LOG_LEVEL=warn\`.

## Figures

${details(outcomes)}
`;
}
