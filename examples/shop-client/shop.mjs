// A shop that uses the client: stock comes in, customers order, the shop hears what becomes of it by a webhook and by the
// feed of events, and looks through lists.
//
//   node examples/shop-client/shop.mjs [--url http://127.0.0.1:3000]
//
// The service has to run with WEBHOOKS_ALLOW_PRIVATE=true, since the shop listens on this machine. If it wants a key, the
// environment variable STOCK_KEY has one with the scope `admin`, by which webhooks are made.

import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import {
  answerOf,
  createClient,
  follow,
  isEvent,
  items,
  PositionExpired,
  ProblemError,
  verifyWebhook,
} from 'stock-allocation-client';

const { values: options } = parseArgs({
  options: { url: { type: 'string', default: 'http://127.0.0.1:3000' } },
});
const stock = createClient({ url: options.url, key: process.env.STOCK_KEY });
// So that the story can be told again.
const run = Date.now().toString(36);
const [sku, lamp] = [`SOFA-${run}`, `LAMP-${run}`];

// From now on: the position before anything happens.
const { next: beginning } = await answerOf(stock.GET('/v1/events', { params: { query: { after: 'now' } } }));

// The service tells the shop of refused lines. The secret is shown this once.
let tell;
const told = new Promise((resolve) => (tell = resolve));
const receiver = createServer(async (request, response) => {
  try {
    const body = Buffer.concat(await request.toArray());
    const event = verifyWebhook(webhook.secret, request.headers, body);
    response.writeHead(204).end();
    if (isEvent(event, 'OutOfStock')) tell(event);
  } catch (error) {
    response.writeHead(400).end(error.message);
  }
}).listen(0, '127.0.0.1');
await new Promise((resolve) => receiver.once('listening', resolve));
const webhook = await answerOf(
  stock.POST('/v1/webhooks', {
    body: { url: `http://127.0.0.1:${receiver.address().port}/`, types: ['OutOfStock'], skus: [sku] },
  }),
);

// Each of these may be sent several times when answers get lost, and is done once.
for (const [name, qty, eta] of [
  ['warehouse', 5, null],
  ['ship', 5, '2031-02-18'],
])
  await answerOf(stock.POST('/v1/batches', { body: { ref: `${name}-${run}`, sku, qty, eta } }));
for (const [customer, qty] of [
  ['ann', 4],
  ['bob', 3],
  ['cid', 9],
])
  await answerOf(stock.POST('/v1/allocations', { body: { orderId: `${customer}-${run}`, sku, qty } }));

try {
  await answerOf(stock.POST('/v1/allocations', { body: { orderId: `dan-${run}`, sku: lamp, qty: 1 } }));
} catch (error) {
  if (!(error instanceof ProblemError)) throw error;
  console.log(`A lamp: ${error.status} ${error.kind}`);
}

for await (const batch of items(stock, '/v1/batches', { params: { query: { sku } } }))
  console.log(`${batch.ref.split('-')[0]} has ${batch.availableQuantity} of ${batch.purchasedQuantity} left`);

// The same in the order in which it happened. A shop that keeps a copy stores `next` with it, and goes on from there.
const nameOf = ({ data }) => data.orderId.split('-')[0];
try {
  follow: for await (const { events } of follow(stock, { after: beginning, skus: [sku] })) {
    for (const event of events) {
      if (isEvent(event, 'Allocated')) console.log(`${nameOf(event)} gets ${event.data.qty}`);
      if (isEvent(event, 'OutOfStock')) break follow;
    }
  }
} catch (error) {
  // Somebody was away for so long that events are gone: make the copy anew, and follow from there.
  if (!(error instanceof PositionExpired)) throw error;
}

const refused = await told;
console.log(`${nameOf(refused)} wants ${refused.data.qty}, of which ${refused.data.available} are left`);

await answerOf(stock.DELETE('/v1/webhooks/{id}', { params: { path: { id: webhook.id } } }));
receiver.close();
receiver.closeAllConnections();
