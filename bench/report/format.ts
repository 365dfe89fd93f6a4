import type { Summary } from '../statistics';

/** 8512.3 as `8,512`. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Milliseconds with the digits that matter: `0.31 ms`, `14.2 ms`, `1,250 ms`. */
export function milliseconds(value: number): string {
  if (value >= 100) return `${whole(value)} ms`;
  return `${value.toFixed(value >= 10 ? 1 : 2)} ms`;
}

/** A ratio: `1.38`, `22.4`. */
export function times(ratio: number): string {
  return ratio.toFixed(ratio >= 10 ? 1 : 2);
}

/** What a load gave, in one line. */
export function requests({ perSecond, p50, p99 }: Summary): string {
  return `${whole(perSecond)}/s, p50 ${milliseconds(p50)}, p99 ${milliseconds(p99)}`;
}

/** The first few of many, and how many there are more. */
export function some(lines: readonly string[], limit: number): string[] {
  const shown = lines.slice(0, limit);
  return lines.length > limit ? [...shown, `… and ${lines.length - limit} more`] : shown;
}
