import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type ImportFile, watch } from '../../src/sync/contracts';

/**
 * A watch to be killed: `watch-process.ts <drop> <archive> <rows> [--once]`. What it imports becomes one file per row
 * in the folder `rows`, which stands for a database with a unique key. `imports.log` there names each import that came
 * to its end.
 */
const [drop, archive, rows, once] = process.argv.slice(2);

const importFile: ImportFile = async (path) => {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  for (const line of lines) {
    if (!existsSync(join(rows, line))) writeFileSync(join(rows, line), line, { flag: 'wx' });
    await pause(2);
  }
  appendFileSync(join(rows, 'imports.log'), `${basename(path)}\n`);
  const refused = lines.flatMap((text, index) =>
    text.startsWith('bad') ? [{ line: index + 1, reason: text }] : [],
  );
  return { imported: lines.length - refused.length, refused };
};

void watch({ drop, archive, importFile, settle: 10, once: once === '--once', report: () => {} });
process.stdout.write('ready\n');
