// Writes a folder with batches.csv and orders.csv of any size, to try and to measure `allocate-from-csv`:
//   node scripts/generate-csv.mjs <folder> [order lines, default 1000000] [SKUs, default 10000]
// The same numbers give the same files. Every SKU has a batch in the warehouse and two on their way, with
// room for about 95 of 100 lines.
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const [folder, lines = 1_000_000, skus = 10_000] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node scripts/generate-csv.mjs <folder> [order lines] [SKUs]');
  process.exit(2);
}
const LARGEST_LINE = 9;
const piecesPerSku = (lines / skus) * ((1 + LARGEST_LINE) / 2);
const random = randomNumbers(2031);
const sku = (number) => `SKU-${String(number).padStart(5, '0')}`;

mkdirSync(folder, { recursive: true });
write('batches.csv', 'ref,sku,qty,eta', batches());
write('orders.csv', 'orderid,sku,qty', orders());

function* batches() {
  for (const [name, eta] of [
    ['warehouse', ''],
    ['ship', '2031-03-01'],
    ['late-ship', '2031-06-15'],
  ]) {
    const qty = Math.max(1, Math.round((piecesPerSku * 0.95) / 3));
    for (let number = 0; number < skus; number++) yield `${name}-${number},${sku(number)},${qty},${eta}`;
  }
}

/** Two lines an order, of different SKUs. */
function* orders() {
  let first = 0;
  for (let line = 0; line < lines; line++) {
    const number = Math.floor(random() * skus);
    const other = line % 2 === 1 && number === first ? (number + 1) % skus : number;
    first = number;
    const qty = 1 + Math.floor(random() * LARGEST_LINE);
    yield `order-${Math.floor(line / 2)},${sku(other)},${qty}`;
  }
}

function write(name, header, rows) {
  const file = openSync(join(folder, name), 'w');
  let text = `${header}\n`;
  for (const row of rows) {
    text += `${row}\n`;
    if (text.length > 65_536) {
      writeSync(file, text);
      text = '';
    }
  }
  writeSync(file, text);
  closeSync(file);
}

/** Numbers from 0 up to 1 that are the same for the same seed (a linear congruential generator). */
function randomNumbers(seed) {
  let state = seed;
  return () => (state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296) / 4_294_967_296;
}
