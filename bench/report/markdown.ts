import type { Goal, Result, Table } from '../scenario';

export interface Outcome {
  readonly name: string;
  readonly title: string;
  /** On which it was measured, `YYYY-MM-DD`. */
  readonly day: string;
  readonly result: Result;
}

/** All goals in one table. */
export function goalsTable(goals: readonly Goal[]): Table {
  return {
    head: ['what', 'goal', 'measured', ''],
    rows: goals.map(({ what, goal, measured, met }) => [what, goal, measured, met ? 'met' : '**missed**']),
  };
}

/** A table of Markdown, its columns as wide as their longest cell so that it reads well as text too. */
export function markdownTable({ head, rows }: Table): string {
  const widths = head.map((cell, column) =>
    Math.max(3, cell.length, ...rows.map((row) => row[column].length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** The tables of every scenario. */
export function details(outcomes: readonly Outcome[]): string {
  return outcomes
    .map(({ name, title, day, result }) =>
      [
        `### ${title}`,
        `\`npm run bench -- --only ${name}\` on ${day}`,
        result.notes,
        markdownTable(result.table),
      ]
        .filter((part) => part !== undefined)
        .join('\n\n'),
    )
    .join('\n\n');
}
