import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Playground } from '../support/playground';
import { runAndKill } from '../support/run-and-kill';

const script = join(__dirname, '../support/watch-process.ts');

test('watch killed at any moment loses no file and imports nothing twice', async () => {
  const playground = new Playground();
  try {
    playground.plant('rows', {});
    const folders = [playground.plant('drop', {}), playground.at('archive'), playground.at('rows')];
    const delivered: Record<string, string> = {};
    const deliver = (files: Record<string, string>) => {
      playground.plant('drop', files);
      Object.assign(delivered, files);
    };

    let killed = 0;
    for (let round = 0; round < 8; round += 1) {
      const rows = Array.from({ length: 8 }, (_, row) => `row ${round}.${row}`).join('\n');
      deliver({
        [`batches-${round}.csv`]: rows,
        [`orders-${round}.csv`]: `row ${round}.x\nbad ${round}`,
        [`may/batches-${round}-again.csv`]: rows,
      });
      if (await runAndKill(script, folders, Math.random() * 120)) killed += 1;
    }
    expect(killed).toBe(8);
    await runAndKill(script, [...folders, '--once']);

    const { drop, reports } = sorted(playground.filesIn('drop'));
    const isBad = (path: string) => path.startsWith('orders');
    expect(drop).toEqual(
      Object.fromEntries(
        Object.entries(delivered).map(([path, text]) => [`${isBad(path) ? 'failed' : 'done'}/${path}`, text]),
      ),
    );
    expect(Object.keys(reports).sort()).toEqual(
      Object.keys(drop)
        .map((path) => `${path}.report.json`)
        .sort(),
    );
    expect(playground.filesIn('archive')).toEqual(delivered);

    const { 'imports.log': log, ...rows } = playground.filesIn('rows');
    expect(Object.keys(rows).sort()).toEqual(
      [...new Set(Object.values(delivered).join('\n').split('\n'))].sort(),
    );
    // Each content once; once more for each time that the kill came between import and move.
    const imports = log.trim().split('\n').length;
    expect(imports).toBeGreaterThanOrEqual(16);
    expect(imports).toBeLessThanOrEqual(16 + killed);

    await runAndKill(script, [...folders, '--once']);
    expect(readFileSync(playground.at('rows/imports.log'), 'utf8')).toBe(log);
  } finally {
    playground.remove();
  }
});

function sorted(files: Record<string, string>) {
  const isReport = ([path]: [string, string]) => path.endsWith('.report.json');
  const isFile = ([path]: [string, string]) => !path.endsWith('/');
  const entries = Object.entries(files).filter(isFile);
  return {
    drop: Object.fromEntries(entries.filter((entry) => !isReport(entry))),
    reports: Object.fromEntries(entries.filter(isReport)),
  };
}
