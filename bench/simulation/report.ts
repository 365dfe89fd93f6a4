import { milliseconds, whole } from '../report/format';
import { markdownTable } from '../report/markdown';
import type { Panel } from '../report/columns';
import type { Table } from '../scenario';
import { percentile } from '../statistics';
import { BULK } from './calls';
import { Day, type TableSize } from './figures';
import { SALE_DAYS, SALE_EVERY, SALE_SKUS, type Scale } from './shop';
import { MONTH } from './simulation';

/** What the simulation stands for. */
const LARGE = { skus: 100_000, linesPerDay: 1_000_000, days: 365 };
const TENTHS = 10;
/** A table whose rows rose by less in the last third of the time no longer grows. */
const RISES = 0.05;
/** For how many days of the shop there are events: 90, and a tenth more since they go by parts of the log. */
const EVENT_DAYS = 99;
/** Tables that have rows for SKUs and their batches, and not for lines. */
const BY_SKU = ['products', 'batches', 'view_batches', 'expected_batches', 'view_line_sums', 'stock_alerts'];
/** A table with fewer rows is not looked at by itself. */
const FEW_ROWS = 1_000;

interface Report {
  readonly date: Date;
  /** How long it took. */
  readonly minutes: number;
  readonly machine: readonly (readonly [string, string])[];
  /** Requests that were answered 503. */
  readonly again: number;
  readonly scale: Scale;
  readonly days: readonly Day[];
}

/** The days, a part for each so many; the last one may have fewer. */
function parts(days: readonly Day[], size: number): Day[] {
  return Array.from({ length: Math.ceil(days.length / size) }, (_, part) =>
    Day.sum(days.slice(Math.floor(part * size), Math.floor((part + 1) * size))),
  );
}

const months = (days: readonly Day[]) => parts(days, MONTH);

export function monthTable(days: readonly Day[]): Table {
  const rows = months(days).map((month, index) => [
    String(index + 1),
    whole(month.lines),
    whole(month.promised),
    whole(month.kept),
    whole(month.late),
    month.late === 0 ? '' : `${(month.daysLate / month.late).toFixed(1)} (${month.mostDaysLate})`,
    whole(month.broken),
    whole(month.outOfStock),
    whole(month.cancelled),
    whole(month.waiting),
    whole(month.promisesChanged),
    month.saleLines === 0 ? '' : whole((month.saleLines / month.saleMs) * 1000),
    month.saleLines === 0 ? '' : milliseconds(p99(month.saleAnswers)),
    `${whole(month.memory)} MB`,
    megabytes(bytesOf(month)),
  ]);
  return {
    head: [
      'month',
      'lines',
      'promised',
      'kept',
      'late',
      'days late (most)',
      'broken',
      'out of stock',
      'cancelled',
      'waiting',
      'told anew',
      'sale: lines/s',
      'sale: p99',
      'RSS',
      'tables',
    ],
    rows,
  };
}

/** What a line costs, from the first tenth of the time to the last. */
export function tenthsTable(days: readonly Day[]): Table {
  return {
    head: [
      'tenth',
      'asked for: ms a line',
      `p99 of ${BULK} lines`,
      'dispatched: ms a line',
      'service: CPU ms a line',
      'PostgreSQL: CPU ms a line',
    ],
    rows: parts(days, Math.max(days.length / TENTHS, 1)).map((tenth, index) => [
      String(index + 1),
      (tenth.orderMs / (tenth.lines - tenth.saleLines)).toFixed(3),
      milliseconds(p99(tenth.orderAnswers)),
      (tenth.dispatchMs / (tenth.kept + tenth.late)).toFixed(3),
      ((tenth.serviceSeconds / tenth.lines) * 1000).toFixed(3),
      ((tenth.postgresSeconds / tenth.lines) * 1000).toFixed(3),
    ]),
  };
}

/** The tables after each third of the time, and what they would have in the large shop. */
export function growthTable(days: readonly Day[], scale: Scale): Table {
  const measured = months(days);
  const [first, second, last] = [1, 2, 3].map(
    (third) => measured[Math.ceil((third * measured.length) / 3) - 1].tables,
  );
  const { lines, events } = Day.sum(days);
  const large: number[] = [];
  const rows = last
    .filter(({ rows: count }) => count >= FEW_ROWS)
    .map((table) => {
      const before = rowsOf(second, table.name);
      const isLog = table.name === 'log';
      const grows = !isLog && table.rows > before * (1 + RISES);
      const larger = BY_SKU.includes(table.name)
        ? LARGE.skus / scale.skus
        : (LARGE.linesPerDay * days.length) / lines;
      const kept = (events / lines) * LARGE.linesPerDay * EVENT_DAYS;
      const times = isLog ? kept / table.rows : grows ? (larger * LARGE.days) / days.length : larger;
      large.push(table.bytes * times);
      return [
        table.name,
        whole(rowsOf(first, table.name)),
        whole(before),
        whole(table.rows),
        megabytes(table.bytes),
        whole(table.bytes / table.rows),
        grows ? '**grows**' : isLog ? '90 days' : '',
        whole(table.rows * times),
        gigabytes(table.bytes * times),
      ];
    });
  const all = large.reduce((sum, bytes) => sum + bytes, 0);
  const size = megabytes(bytesOf(days.at(-1)!));
  return {
    head: [
      'table',
      'rows after a third',
      'two thirds',
      'all of it',
      'size',
      'bytes a row',
      '',
      'large shop: rows',
      'size',
    ],
    rows: [...rows, ['all', '', '', '', size, '', '', '', gigabytes(all)]],
  };
}

/** The picture: what became of lines, what sales gave, and what it takes. */
export function panels(days: readonly Day[]): Panel[] {
  const measured = months(days);
  const names = measured.map((_, index) => String(index + 1));
  const of = (value: (month: Day) => number) => measured.map(value);
  // The colours of the tables are the same each month.
  const largest = measured.at(-1)!.tables.slice(0, 3);
  return [
    {
      title: 'Order lines, by month',
      names,
      series: [
        { name: 'left in time', values: of(({ kept }) => kept) },
        { name: 'left late', values: of(({ late }) => late) },
        { name: 'waiting at its end', values: of(({ waiting }) => waiting) },
        { name: 'out of stock', values: of(({ outOfStock, broken }) => outOfStock + broken) },
      ],
    },
    {
      title: 'Lines a second on the days of sales',
      names,
      series: [
        {
          name: 'lines',
          values: of(({ saleLines, saleMs }) => (saleMs > 0 ? (saleLines / saleMs) * 1000 : 0)),
        },
      ],
    },
    {
      title: 'Tables at the end of the month, in MB',
      names,
      series: [
        ...largest.map(({ name }) => ({
          name,
          values: of(({ tables }) => (tables.find((table) => table.name === name)?.bytes ?? 0) / 1e6),
        })),
        {
          name: 'others',
          values: of(
            (month) =>
              (bytesOf(month) -
                month.tables
                  .filter(({ name }) => largest.some((table) => table.name === name))
                  .reduce((sum, { bytes }) => sum + bytes, 0)) /
              1e6,
          ),
        },
      ],
    },
    {
      title: 'Memory of the service in MB (RSS), at most',
      names,
      series: [{ name: 'RSS', values: of(({ memory }) => memory) }],
    },
  ];
}

/** docs/simulation.md: how large the shop was, how it was simulated, and what came of it. */
export function simulationDocument({ date, minutes, machine, again, scale, days }: Report): string {
  const { lines, events, saleLines, saleMs, saleAnswers, kept, late } = Day.sum(days);
  const times = (LARGE.linesPerDay * days.length) / lines;
  return `# A simulated shop

Written by \`npm run simulate\` on ${date.toISOString().slice(0, 10)}: a shop from the day on which it opens, its suppliers, customers and
warehouse, all through the HTTP API. What it finds is what grows.

![A simulated shop](simulation.svg)

## Scale

It stands for a year of a shop with ${whole(LARGE.skus)} SKUs and ${whole(LARGE.linesPerDay)} order lines a day. That does not fit into a run, so
this one had ${whole(scale.skus)} SKUs and ${whole(lines / days.length)} lines a day, ${whole(lines)} in ${whole(days.length)} days: one of ${whole(times)}. It took
${whole(minutes)} minutes, audits included. \`npm run simulate -- --days ${scale.days} --skus ${scale.skus} --lines-per-day ${scale.linesPerDay} --seed ${scale.seed}\` is the same shop (the lines of
sales come on top); whoever has more time asks for more.

## What became of lines

${markdownTable(monthTable(days))}

A month has ${MONTH} days, the last one may have fewer. *Promised*: told a day for the first time, when it was asked for or when its turn came. *Kept*: left
the warehouse by that day; *late*: after it. *Broken*: promised, then taken off by a batch that came short, and not waiting.
*Out of stock*: refused. *Waiting*: on wait-lists when the month was over. *Told anew*: promises that changed, whichever way.
${whole((kept / (kept + late)) * 1000) === '1,000' ? 'All' : `${((kept / (kept + late)) * 100).toFixed(1)} %`} of what left did so by the promised day.

Sales: every ${SALE_EVERY} days, of ${SALE_SKUS} SKUs at full speed, as many lines as come in on ${SALE_DAYS} days otherwise. ${whole(saleLines)} lines came in at
${whole((saleLines / saleMs) * 1000)} a second, p99 ${milliseconds(p99(saleAnswers))} for a request of ${BULK} lines from one of 32 clients; the goal is 5,000 a second.

## What a line costs

${markdownTable(tenthsTable(days))}

CPU is what the processes computed while lines were asked for, followed in the log, and dispatched, so what else the machine does
hardly matters; the other columns are time on the wall.

## What grows

${markdownTable(growthTable(days, scale))}

Sizes include indexes. *Grows*: by more than ${RISES * 100} % in the last third of the time. The large shop is what these rows would be
after its year: as many times more as it has lines a day, or SKUs for tables that have rows for SKUs and batches; and what grows goes
on for the whole year. Events are kept for 90 days and a tenth: ${(events / lines).toFixed(1)} for each line, ${whole((events / days.length) * EVENT_DAYS)} here, if they went in time.

## Machine

${markdownTable({ head: ['', ''], rows: machine })}

## How time is compressed

- A day has what happens on it, and the rest of it is skipped: both clocks, PostgreSQL's (\`now()\`, \`clock_timestamp()\`) and that
  of the service's process (\`Date\`), are put forward by whole days, and go on as ever in between. So events are kept for 90
  days of the shop, and an ETA is in the past when its day is.
- What the service does every few seconds it does as often as on a real day: a day takes ${((minutes * 60) / days.length).toFixed(1)} seconds here, so what is
  no longer kept, of which one table is looked at in five seconds, goes late, by weeks of the shop; and handlers may get some events
  once more, since a night makes the notes about them old.
- Vacuum comes by the clock of the wall, too: it has far less time for its work than in a year.
- Leases of the service run out over night, and are taken anew; PostgreSQL plans each statement anew in the morning, since the
  date is part of the functions. A day with few lines shows that in what a line costs.

## How the shop lives

- Suppliers: 20, asked once a week for what falls short of the demand until the ship arrives, 14 to 52 days later. A quarter of ships
  is late by 2 to 21 days, told 3 days before, some twice. One batch in 20 comes short, one in 33 is damaged.
- Customers ask for SKUs by Zipf's law, for 1 to 4 pieces; 60 of 100 wait when there is nothing. One in 50 cancels. Their
  lines are sent ${BULK} in a request, by up to 32 clients.
- The warehouse dispatches each day what is promised from stock, one request for each line.
- What they do is drawn from a seed. Which of two customers comes first is not, so runs differ in a few lines.
- The shop keeps books of its own: what it was answered, and, from the feed of events, what the service did unasked. Each answer
  must be told by the log too. At the end they are compared with what the service says of each SKU and each batch,
  and the write model, the views and the movements are audited.
- There are no carts (\`reserveFor\`), orders as a whole, customers, webhooks or Redis in it. ${again === 0 ? 'No request was answered 503.' : `${whole(again)} requests were answered 503, and sent again.`}
`;
}

function p99(answers: readonly number[]): number {
  return percentile(Float64Array.from(answers).sort(), 99);
}

function bytesOf({ tables }: Day): number {
  return tables.reduce((sum, { bytes }) => sum + bytes, 0);
}

function rowsOf(tables: readonly TableSize[], name: string): number {
  return tables.find((table) => table.name === name)?.rows ?? 0;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
