import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chart } from '../../bench/report/chart';
import { columns } from '../../bench/report/columns';
import { benchmarksDocument } from '../../bench/report/document';
import { goalsTable, markdownTable } from '../../bench/report/markdown';
import { updateMeasurements } from '../../bench/report/measurements';
import { contestBars, contestTable } from '../../bench/report/tables';
import { fullSizes } from '../../bench/sizes';
import type { Summary } from '../../bench/statistics';

const round = (perSecond: number, p50: number, p99: number): Summary => ({
  count: 1,
  perSecond,
  p50,
  p99,
  max: p99,
});
const entries = [
  { name: 'service', rounds: [round(900, 14, 30), round(1_100, 12, 28), round(1_000, 13, 29)] },
  { name: 'SQL', rounds: [round(300, 40, 90), round(500, 38, 95), round(400, 39, 99)] },
];

test('a contest is shown with its medians, each round, and the ratio to the reference', () => {
  expect(contestTable(entries)).toEqual({
    head: ['', 'requests/s', 'each round', 'times SQL', 'p50', 'p99'],
    rows: [
      ['service', '1,000', '900 · 1,100 · 1,000', '2.50', '13.0 ms', '29.0 ms'],
      ['SQL', '400', '300 · 500 · 400', '1.00', '39.0 ms', '95.0 ms'],
    ],
  });
});

test('tables are Markdown that also reads well as text', () => {
  expect(markdownTable({ head: ['what', 'p50'], rows: [['one client', '4 ms']] })).toBe(
    ['| what       | p50  |', '| ---------- | ---- |', '| one client | 4 ms |'].join('\n'),
  );
});

test('a missed goal stands out', () => {
  const goal = { what: 'p99', goal: 'under 50 ms', measured: '60 ms' };
  const { rows } = goalsTable([
    { ...goal, met: false },
    { ...goal, met: true },
  ]);
  expect(rows.map((row) => row[3])).toEqual(['**missed**', 'met']);
});

test('the document names goals, machine, date, method, and how to run each scenario', () => {
  const result = {
    goals: [{ what: 'Allocate fast', goal: 'under 50 ms', measured: '20 ms', met: true }],
    table: contestTable(entries),
    notes: 'Read it well.',
  };
  const document = benchmarksDocument({
    machine: [['processor', 'Abacus, 2 cores']],
    sizes: fullSizes,
    outcomes: [{ name: 'hot-sku', title: 'One hot SKU', day: '2031-02-03', result }],
    name: 'benchmarks',
  });
  for (const part of [
    'Allocate fast',
    'Abacus, 2 cores',
    '2031-02-03',
    '3 rounds',
    '--only hot-sku',
    'Read it well.',
  ]) {
    expect(document).toContain(part);
  }
});

test('a scenario is measured anew without the others, and nothing of another machine is kept', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'measurements-'));
  const path = join(folder, 'benchmarks.json');
  const outcome = (name: string, day: string) => {
    const result = { goals: [], table: { head: [], rows: [] } };
    return { name, title: name, day, result };
  };
  const update = async (machine: string, ...outcomes: readonly ReturnType<typeof outcome>[]) => {
    const measured = { machine: [['processor', machine]] as const, outcomes };
    const all = await updateMeasurements(path, measured, ['one', 'two']);
    return all.map(({ name, day }) => [name, day]);
  };
  try {
    expect(await update('Abacus', outcome('two', '2031-01-01'))).toEqual([['two', '2031-01-01']]);
    await update('Abacus', outcome('one', '2031-01-02'));
    expect(await update('Abacus', outcome('two', '2031-01-03'))).toEqual([
      ['one', '2031-01-02'],
      ['two', '2031-01-03'],
    ]);
    expect(await update('Pascaline', outcome('one', '2031-01-04'))).toEqual([['one', '2031-01-04']]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

describe('the chart', () => {
  const bars = {
    title: 'Hot & <cold>',
    bars: [
      { name: 'service', value: 1_500 },
      { name: 'SQL', value: 500 },
    ],
  };
  const widths = (svg: string) =>
    [...svg.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(([, width]) => Number(width));

  test('draws bars as long as their values, each group to its own scale', () => {
    const [service, sql, other] = widths(
      chart('Speed', [bars, { title: 'b', bars: [{ name: 'x', value: 3 }] }]),
    );
    expect(service / sql).toBeCloseTo(3);
    expect(other).toBe(service);
  });

  test('is a well-formed picture with a title, whatever the names are', () => {
    const svg = chart('Speed', [bars]);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 \d+ \d+"/);
    expect(svg).toContain('<title>Speed</title>');
    expect(svg).toContain('Hot &amp; &lt;cold&gt;');
    expect(svg).toContain('>1,500</text>');
  });

  test('gives one name one colour in every group', () => {
    const [first, second] = bars.bars;
    const svg = chart('Speed', [bars, { title: 'Turned round', bars: [second, first] }]);
    const colours = [...svg.matchAll(/<rect [^>]*fill="([^"]+)"/g)].map(([, colour]) => colour);
    expect(colours).toEqual([colours[0], colours[1], colours[1], colours[0]]);
    expect(colours[0]).not.toBe(colours[1]);
  });

  test('shows the medians of a contest', () => {
    expect(contestBars('Hot', entries).bars).toEqual([
      { name: 'service', value: 1_000 },
      { name: 'SQL', value: 400 },
    ]);
  });
});

test('columns are stacked, each panel to its own scale', () => {
  const svg = columns('Year', [
    {
      title: 'Lines',
      names: ['1', '2'],
      series: [
        { name: 'kept', values: [30, 60] },
        { name: 'late', values: [30, 0] },
      ],
    },
    { title: 'MB', names: ['1', '2'], series: [{ name: 'RSS', values: [5, 10] }] },
  ]);
  const heights = [...svg.matchAll(/<rect [^>]*width="3\d\d\.\d" height="([\d.]+)"/g)].map(
    ([, height]) => height,
  );
  expect(heights).toEqual(['55.0', '55.0', '110.0', '0.0', '55.0', '110.0']);
  for (const name of ['kept', 'late']) expect(svg).toContain(`>${name}</text>`);
});
