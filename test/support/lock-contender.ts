import { join } from 'node:path';
import { FileLock } from '../../src/database/embedded/file-lock';

/*
 * Goes for the locks 0, 1, 2 ... in a folder, each at its own moment, so that several of these meet there:
 * `node lock-contender.js <folder> <locks> <moment of the first, in ms>`. Answers with those it got.
 */
const [folder, locks, start] = process.argv.slice(2);
const MS_BETWEEN = 10;

async function contend(): Promise<void> {
  const won: number[] = [];
  for (let lock = 0; lock < Number(locks); lock++) {
    while (Date.now() < Number(start) + lock * MS_BETWEEN);
    if (await FileLock.tryAcquire(join(folder, String(lock)), {})) won.push(lock);
  }
  console.log(JSON.stringify(won));
  // Lives on, since the locks of the dead are anyone's.
  setInterval(() => {}, 60_000);
}

void contend();
