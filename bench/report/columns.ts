import { COLOURS, escaped, text } from './chart';
import { whole } from './format';

const WIDTH = 720;
const SCALE = 80;
const TITLE = 44;
const HEIGHT = 110;
const NAMES = 22;

/** Columns that are stacked, one for each name. */
export interface Panel {
  readonly title: string;
  /** Of the columns. */
  readonly names: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
}

/** Panels of columns one below the other, each to its own scale, as an SVG that needs no background. */
export function columns(title: string, panels: readonly Panel[]): string {
  const height = panels.length * (TITLE + HEIGHT + NAMES);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${escaped(title)}</title>`,
    ...panels.flatMap((panel, index) => draw(panel, index * (TITLE + HEIGHT + NAMES))),
    '</svg>\n',
  ].join('\n');
}

function draw({ title, names, series }: Panel, top: number): string[] {
  const sums = names.map((_, column) => series.reduce((sum, { values }) => sum + values[column], 0));
  const highest = Math.max(...sums, 1);
  const bottom = top + TITLE + HEIGHT;
  const width = (WIDTH - SCALE) / names.length;
  const shapes = [
    text(0, top + 16, title, 'font-weight="bold"'),
    text(SCALE - 8, top + TITLE + 5, whole(highest), 'text-anchor="end"'),
    text(SCALE - 8, bottom, '0', 'text-anchor="end"'),
  ];
  // One series alone has its name in the title.
  if (series.length > 1) {
    series.forEach(({ name }, index) => {
      const x = SCALE + index * 128;
      shapes.push(
        `<rect x="${x}" y="${top + 24}" width="10" height="10" rx="2" fill="${COLOURS[index % COLOURS.length]}"/>`,
        text(x + 15, top + 33, name),
      );
    });
  }
  names.forEach((name, column) => {
    const x = SCALE + column * width;
    let y = bottom;
    series.forEach(({ values }, index) => {
      const tall = (values[column] / highest) * HEIGHT;
      y -= tall;
      shapes.push(
        `<rect x="${(x + 3).toFixed(1)}" y="${y.toFixed(1)}" width="${(width - 6).toFixed(1)}" height="${tall.toFixed(1)}" fill="${COLOURS[index % COLOURS.length]}"/>`,
      );
    });
    shapes.push(text(x + width / 2, bottom + 16, name, 'text-anchor="middle"'));
  });
  return shapes;
}
