// Keeps a copy of the stock: what each batch has left. It begins with what the service answers over HTTP, and from
// then on follows the events. Kill it, or the service, whenever you like: it goes on from where its file says.
//
//   node examples/follow-stock/follow.mjs [--url http://127.0.0.1:3000] [--file stock.json]
//
// A service that wants a key gets the one in the environment variable STOCK_KEY; the scope `read` is enough.
// How it works is explained in docs/messages.md, "How to synchronise a copy".

import { readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:3000' },
    file: { type: 'string', default: 'stock.json' },
  },
});

const key = process.env.STOCK_KEY;
const headers = key ? { authorization: `Bearer ${key}` } : {};

/** The service no longer has the events that follow our position, or the copy was made without one of the batches. */
class CopyUseless extends Error {}

async function get(path, query) {
  const response = await fetch(`${options.url}${path}?${new URLSearchParams(query)}`, { headers });
  if (response.status === 410) throw new CopyUseless();
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}

/** Makes a copy: a position first, then the batches as they are. What changes meanwhile comes again as an event. */
async function begin() {
  const { next: position } = await get('/v1/events', { after: 'now' });
  const batches = {};
  let after;
  do {
    const { items, next } = await get('/v1/batches', { limit: 1000, ...(after && { after }) });
    for (const { ref, sku, eta, purchasedQuantity, availableQuantity, sequence } of items)
      batches[ref] = { sku, eta, purchased: purchasedQuantity, available: availableQuantity, sequence };
    after = next;
  } while (after);
  return { position, batches };
}

/** Applies an event, unless the copy shows it already. Of a SKU they come in the order of their sequence. */
function apply({ type, subject: sku, sequence: text, data }, batches) {
  const { batchRef: ref, available } = data;
  const sequence = Number(text);
  // Types are known by their names: what another version of them adds, this program does not need.
  const name = type.split('.')[1];
  if (name === 'BatchCreated') {
    if (!batches[ref])
      batches[ref] = { sku, eta: data.eta, purchased: data.qty, available: data.qty, sequence };
    return;
  }
  // Whatever changes what a batch has left says how much that is now. No other event changes a batch.
  if (ref === undefined || available === undefined) return;
  const batch = batches[ref];
  if (!batch) throw new CopyUseless();
  if (batch.sequence >= sequence) return;
  Object.assign(batch, { available, sequence });
  // Here `qty` is what the batch holds; in the events of lines it is the quantity of the line.
  if (['BatchQuantityChanged', 'StockAdjusted', 'BatchArrived'].includes(name)) batch.purchased = data.qty;
  if (name === 'BatchEtaChanged') batch.eta = data.eta;
  if (name === 'BatchArrived') batch.eta = null;
}

/** Copy and position are stored together, and whole: whatever happens, one fits the other. */
async function save(copy) {
  await writeFile(`${options.file}.new`, JSON.stringify(copy, null, 1));
  await rename(`${options.file}.new`, options.file);
}

async function load() {
  try {
    return JSON.parse(await readFile(options.file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

let copy = await load();
for (;;) {
  try {
    if (!copy) {
      copy = await begin();
      await save(copy);
      console.log(`Copied ${Object.keys(copy.batches).length} batches`);
    }
    const { events, next } = await get('/v1/events', { after: copy.position, limit: 1000, wait: 30 });
    for (const event of events) apply(event, copy.batches);
    copy.position = next;
    if (events.length === 0) continue;
    await save(copy);
    console.log(`Applied ${events.length} events, the last of ${events.at(-1).subject}`);
  } catch (error) {
    if (error instanceof CopyUseless) {
      copy = undefined;
      continue;
    }
    console.error(`Trying again: ${error.cause?.message ?? error.message}`);
    await pause(1000);
  }
}
