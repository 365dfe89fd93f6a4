import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a document has its reader do, in its order. */
export type Step =
  | { readonly do: 'write'; readonly path: string; readonly content: string }
  | { readonly do: 'change'; readonly path: string; readonly diff: string }
  | { readonly do: 'type'; readonly command: string; readonly output: string };

/**
 * The steps of a document in Markdown: code behind a line such as `` `src/a.ts`: `` is the file, or for `diff` what is
 * changed in it; code that begins with `$ ` are commands, each with its output.
 */
export function stepsOf(document: string): Step[] {
  const blocks = document.matchAll(/(?:^`([^`\n]+)`:\n\n)?^```(\w*)\n(.*?)^```$/gms);
  return [...blocks].flatMap(([, path, language, content]): Step[] => {
    if (path)
      return [language === 'diff' ? { do: 'change', path, diff: content } : { do: 'write', path, content }];
    if (!content.startsWith('$ ')) return [];
    return content
      .split(/^\$ /m)
      .slice(1)
      .map((typed) => {
        const [command, ...output] = typed.split('\n');
        return { do: 'type', command, output: output.join('\n').trim() };
      });
  });
}

/** Writes a file. */
export function write(folder: string, path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

/**
 * Changes a file: lines with a blank before them are there, next to each other, and those with a plus are added. Places are
 * separated by `@@`.
 */
export function change(folder: string, path: string, diff: string): void {
  let content = readFileSync(join(folder, path), 'utf8');
  for (const place of diff.split(/^@@\n/m)) {
    const lines = place.trimEnd().split('\n');
    const textOf = (which: string[]) => which.map((line) => `${line.slice(1)}\n`).join('');
    const before = textOf(lines.filter((line) => line.startsWith(' ')));
    if (content.split(before).length !== 2) throw new Error(`${path} has not once the lines\n${before}`);
    content = content.replace(before, () => textOf(lines));
  }
  writeFileSync(join(folder, path), content);
}

/** An output without what is another one each time: ids, instants, days, durations. */
export function lasting(output: string): string {
  return output
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<instant>')
    .replaceAll(/\d{4}-\d\d-\d\d/g, '<day>')
    .replaceAll(/ \(\d+(\.\d+)? m?s\)|[\d.]+ s(, estimated.*)?$/gm, '')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();
}
