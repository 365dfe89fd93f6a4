import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '../..');

/** A command of a document, and what the document says that it prints. */
export interface ShownCommand {
  readonly command: string;
  readonly output: string;
}

/**
 * The commands of a section of a document: what begins with `$ ` in its code blocks, with lines that are continued by
 * `\`, and what is printed.
 * @param heading the section; the whole document when left out
 */
export function commandsOf(path: string, heading?: string): ShownCommand[] {
  const text = readFileSync(join(root, path), 'utf8');
  const section = heading ? text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))! : text;
  const blocks = [...section.matchAll(/^```\n([^]*?)^```$/gm)].map(([, block]) => block);
  return blocks
    .flatMap((block) => block.split(/^\$ /m).slice(1))
    .map((shown) => {
      const [, command, output] = /^((?:.*\\\n)*.*)\n([^]*)$/.exec(shown)!;
      return { command, output: output.trim() };
    });
}

/**
 * Runs a command of a document from the root of the repository, as its reader would, on the example's files as they are.
 * @returns what it prints
 */
export function runShown(command: string, serviceUrl: string, environment: NodeJS.ProcessEnv): string {
  const folder = mkdtempSync(join(tmpdir(), 'stock-allocation-shown-'));
  // What the reader may have made of them by then is left out.
  const isMade = (path: string) => /(allocations|out_of_stock)\.csv$/.test(path);
  cpSync(join(root, 'examples'), folder, { recursive: true, filter: (path) => !isMade(path) });
  const adapted = command
    .replaceAll('node dist/cli.js', 'node -r ./test/support/register.cjs src/cli.ts')
    .replaceAll('localhost:3000', serviceUrl)
    .replaceAll('examples/', `${folder}/`)
    .replace('week.mjs', `week.mjs --url ${serviceUrl}`);
  const { stdout, stderr } = spawnSync('bash', ['-c', adapted], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  rmSync(folder, { recursive: true });
  // Progress is not shown in documents.
  return (stdout + stderr.replaceAll(/^.*\r/gm, '')).trim();
}

/** Without what is another with each run: ids, times, cursors. */
export function lasting(output: string): string {
  return output
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/"next":"[\w-]+"/g, '"next":"<cursor>"');
}
