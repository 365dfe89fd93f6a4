import type { Bars } from '../scenario';
import { whole } from './format';

const WIDTH = 720;
const NAMES = 250;
const VALUES = 90;
const BAR = 18;
const ROW = 26;
const TITLE = 30;

/** Seen well on white and on black. */
const TEXT = '#6e7781';
export const COLOURS = ['#2f81f7', '#8957e5', '#d29922', '#8b949e'];

/**
 * Horizontal bars, each group to its own scale, as an SVG that needs no background. Bars of one name have one
 * colour.
 */
export function chart(title: string, groups: readonly Bars[]): string {
  const names = [...new Set(groups.flatMap(({ bars }) => bars.map(({ name }) => name)))];
  const shapes: string[] = [];
  let y = 0;
  for (const { title: groupTitle, bars } of groups) {
    y += TITLE;
    shapes.push(text(0, y - 8, groupTitle, 'font-weight="bold"'));
    const longest = Math.max(...bars.map(({ value }) => value));
    for (const { name, value } of bars) {
      const width = Math.max((value / longest) * (WIDTH - NAMES - VALUES), 1);
      const middle = y + BAR - 4;
      shapes.push(
        text(NAMES - 8, middle, name, 'text-anchor="end"'),
        `<rect x="${NAMES}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="2" fill="${COLOURS[names.indexOf(name) % COLOURS.length]}"/>`,
        text(NAMES + width + 6, middle, whole(value)),
      );
      y += ROW;
    }
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" role="img" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${escaped(title)}</title>`,
    ...shapes,
    '</svg>\n',
  ].join('\n');
}

export function text(x: number, y: number, content: string, more = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y}" fill="${TEXT}" ${more}>${escaped(content)}</text>`;
}

export function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
