import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { allocateFolder } from '../../src/cli/allocate-folder';
import { Playground } from '../support/playground';
import { runAndKill } from '../support/run-and-kill';

const FOLDERS = 10;
const ROUNDS = 3;
/** Rounds at most, if none was killed in the middle of anything. */
const MOST_ROUNDS = 20;
const LONGEST_MS = 400;

const quiet = { refused: () => {}, warning: () => {}, progress: () => {} };
const support = join(__dirname, '../support');

let playground: Playground;
beforeEach(() => {
  playground = new Playground();
});
afterEach(() => playground.remove());

const read = (folder: string, name: string) => {
  const path = join(playground.at(folder), `${name}.csv`);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
};

test('a file that is being replaced is whole at any moment, old or new, and so it is after a kill', async () => {
  const [path, times] = [playground.at('out.csv'), 100_000];
  const whole = ['old row\n', 'new row\n'].map((row) => row.repeat(times));
  const isWhole = () => whole.includes(readFileSync(path, 'utf8'));
  writeFileSync(path, whole[0]);
  for (let round = 0; round < ROUNDS; round++) {
    const args = [path, 'old row\n', 'new row\n', String(times)];
    let [killed, torn] = [false, false];
    const killing = runAndKill(join(support, 'replace-forever.ts'), args, Math.random() * LONGEST_MS);
    void killing.finally(() => (killed = true));
    while (!killed) {
      torn ||= !isWhole();
      await setImmediate();
    }
    expect(await killing).toBe(true);
    expect(torn).toBe(false);
    expect(isWhole()).toBe(true);
  }
});

/** Two lines of each order, of which every tenth finds no stock; some are allocated from an earlier run. */
function plantShop(): void {
  const numbers = Array.from({ length: 500 }, (_, index) => index);
  playground.plant('old', {
    'batches.csv': `ref,sku,qty,eta\n${numbers.map((n) => `b${n},SKU-${n},${n % 10 === 0 ? 1 : 9},\n`).join('')}`,
    'orders.csv': `orderid,sku,qty\n${numbers.map((n) => `o${n >> 1},SKU-${n},2\n`).join('')}`,
    'allocations.csv': 'orderid,sku,qty,batchref\no0,SKU-1,2,b1\no1,SKU-2,2,b2\n',
    'out_of_stock.csv': 'orderid,sku,qty\no1,SKU-2,2\n',
  });
}

test('killed at any moment, a run leaves whole files, and the next one ends where it would have', async () => {
  plantShop();
  cpSync(playground.at('old'), playground.at('new'), { recursive: true });
  await allocateFolder(playground.at('new'), false, quiet);

  let interrupted = 0;
  for (let round = 0; round < ROUNDS || (interrupted === 0 && round < MOST_ROUNDS); round++) {
    const folders = Array.from({ length: FOLDERS }, (_, index) => `round-${round}-${index}`);
    for (const folder of folders) cpSync(playground.at('old'), playground.at(folder), { recursive: true });

    const paths = folders.map((folder) => playground.at(folder));
    await runAndKill(join(support, 'allocate-folders.ts'), paths, Math.random() * LONGEST_MS);

    for (const folder of folders) {
      const [allocations, outOfStock] = [read(folder, 'allocations'), read(folder, 'out_of_stock')];
      expect([read('old', 'allocations'), read('new', 'allocations')]).toContain(allocations);
      expect([read('old', 'out_of_stock'), read('new', 'out_of_stock')]).toContain(outOfStock);
      const temporary = readdirSync(playground.at(folder)).some((name) => name.endsWith('.tmp'));
      if (!temporary) continue;
      interrupted += 1;
      await allocateFolder(playground.at(folder), false, quiet);
      expect(playground.filesIn(folder)).toEqual(playground.filesIn('new'));
    }
  }
  // Else nothing was tested.
  expect(interrupted).toBeGreaterThan(0);
});
