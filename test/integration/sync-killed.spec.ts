import { join } from 'node:path';
import { isTemporary } from '../../src/sync/paths';
import { Playground } from '../support/playground';
import { runAndKill } from '../support/run-and-kill';

const script = join(__dirname, '../support/sync-process.ts');

test('sync killed at any moment leaves only whole files, and the next run makes up for it', async () => {
  const playground = new Playground();
  try {
    const content = (index: number) => `content ${index} `.repeat(5_000);
    const indexes = Array.from({ length: 60 }, (_, index) => index);
    const tree = (name: (index: number) => string) =>
      Object.fromEntries(indexes.map((index) => [name(index), content(index)]));
    // A third is renamed in a ring, a third replaced, the rest copied.
    const source = tree((index) => (index < 20 ? `ring/${(index + 1) % 20}` : `in/${index}`));
    const before = {
      ...Object.fromEntries(indexes.slice(0, 20).map((index) => [`ring/${index}`, content(index)])),
      ...Object.fromEntries(indexes.slice(20, 40).map((index) => [`in/${index}`, 'old'])),
      'gone/with/its/folder': 'gone',
    };
    const folders = [playground.plant('source', source), playground.plant('destination', before)];
    const whole = new Set([...Object.values(source), ...Object.values(before)]);

    let killed = 0;
    for (let round = 0; round < 6; round += 1) {
      if (await runAndKill(script, folders, Math.random() * 120)) killed += 1;
      const visible = Object.entries(playground.filesIn('destination')).filter(
        ([path]) => !isTemporary(path),
      );
      const halves = visible.filter(([path, text]) => !path.endsWith('/') && !whole.has(text));
      expect(halves.map(([path]) => path)).toEqual([]);
    }
    expect(killed).toBeGreaterThan(0);

    await runAndKill(script, folders);
    expect(playground.filesIn('source')).toEqual(source);
    // A run that was killed after it removed the last file of a folder leaves the folder.
    const files = Object.entries(playground.filesIn('destination')).filter(([path]) => !path.endsWith('/'));
    expect(Object.fromEntries(files)).toEqual(source);
  } finally {
    playground.remove();
  }
});
