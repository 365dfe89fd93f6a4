// A week in a furniture shop, told in the words of its shopkeeper: what customers do, what happens to the stock, and what
// the service makes of it. It speaks to the service as any client does.
//
//   node examples/furniture-shop/week.mjs [--url http://127.0.0.1:3000] [--sku HARBOUR-SOFA]
import { parseArgs } from 'node:util';

const { url, sku } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:3000' },
    sku: { type: 'string', default: 'HARBOUR-SOFA' },
  },
}).values;

/** What is known of each customer's line, as the service answered it last. */
const known = new Map();

async function send(method, path, body) {
  const answer = await fetch(url + path, {
    method,
    headers: body && { 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
}

async function ask(path) {
  return (await send('GET', path)).body;
}

/** Sends a request, and says what is refused. */
async function request(method, path, body) {
  const answer = await send(method, path, body);
  if (answer.status >= 300) console.log(`  No: ${answer.body.title.toLowerCase()}.`);
}

const refOf = (batch) => `${sku}-${batch}`;
const orderOf = (customer) => `${sku}-${customer}`;
const pathOf = (customer) => `/v1/allocations/${encodeURIComponent(orderOf(customer))}`;
const lineOf = (customer, what) => `${pathOf(customer)}/${encodeURIComponent(sku)}${what}`;
const batchOf = (batch, what = '') => `/v1/batches/${encodeURIComponent(refOf(batch))}${what}`;

/** A day begins, or something happens: then it is told what became of everybody's sofas. */
const day = (text) => console.log(`\n${text}`);
async function happens(text, ...work) {
  console.log(`- ${text}`);
  for (const step of work) await step();
  await tellChanges();
}

const receives = (batch, qty, eta) => () =>
  request('POST', '/v1/batches', { ref: refOf(batch), sku, qty, eta });
const asks = (customer, qty, terms) => () => {
  known.set(customer, {});
  return request('POST', '/v1/allocations', { orderId: orderOf(customer), sku, qty, ...terms });
};
const confirms = (customer) => () => request('POST', lineOf(customer, '/confirm'));
const cancels = (customer) => () => request('DELETE', lineOf(customer, ''));
const dispatches = (customer) => () => request('POST', lineOf(customer, '/dispatch'));
const slips = (batch, eta) => () => request('PATCH', batchOf(batch), { eta });
const arrives = (batch, qty) => () => request('POST', batchOf(batch, '/arrive'), { qty });
const adjusts = (batch, delta, reason, note) => () =>
  request('POST', batchOf(batch, '/adjustments'), { delta, reason, note });
const runsOut = (customer) => async () => {
  while ((await ask(pathOf(customer))).lines[0].state === 'reserved')
    await new Promise((resolve) => setTimeout(resolve, 100));
};

async function tellChanges() {
  for (const [customer, before] of known) {
    const { lines } = await ask(pathOf(customer));
    const [now] = lines ?? [];
    if (!now) continue;
    const text = change(customer, before, now);
    if (text) console.log(`  ${text}`);
    known.set(customer, now);
  }
}

/** What the customer has to know; undefined when nothing is new. */
function change(customer, before, now) {
  const has = now.state === 'reserved' || now.state === 'allocated';
  const isSame = before.state === now.state && before.batchRef === now.batchRef && before.eta === now.eta;
  if (now.state === 'waiting' && before.place !== now.place)
    return `${customer} waits for ${sofas(now.qty)}, and is number ${now.place} in line.`;
  if (isSame) return undefined;
  if (has && before.batchRef === now.batchRef && before.eta && !now.eta)
    return `${customer}'s ${sofas(now.qty)} ${now.qty === 1 ? 'is' : 'are'} here.`;
  if (has && before.batchRef === now.batchRef && before.eta !== now.eta)
    return `${customer} has to be told: ${dayOf(now.eta)}, not ${dayOf(before.eta)}.`;
  switch (now.state) {
    case 'reserved':
      return `${sofas(now.qty)} from ${placeOf(now)} ${now.qty === 1 ? 'is' : 'are'} held for ${customer}.`;
    case 'allocated':
      return `${customer} gets ${sofas(now.qty)} from ${placeOf(now)}.`;
    case 'dispatched':
      return `${customer}'s ${sofas(now.qty)} ${now.qty === 1 ? 'has' : 'have'} left the house.`;
    case 'expired':
      return `${customer} has let ${sofas(now.qty)} go.`;
    case 'deallocated':
      return `${customer} wants nothing any more.`;
    default:
      return `${customer} gets none: out of stock.`;
  }
}

const sofas = (count) => `${count} ${count === 1 ? 'sofa' : 'sofas'}`;
const placeOf = ({ batchRef, eta }) =>
  eta ? `the ${batchRef.slice(sku.length + 1)}, on ${dayOf(eta)}` : `the ${batchRef.slice(sku.length + 1)}`;
const dayOf = (eta) =>
  new Date(eta).toLocaleDateString('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    timeZone: 'UTC',
  });

const first = await send('GET', `/v1/availability/${encodeURIComponent(sku)}`).catch((error) => {
  console.error(`There is no service at ${url}: ${error.cause?.message ?? error.message}`);
  process.exit(1);
});
if (first.status === 200) {
  console.error(`There was a week with ${sku} already. Name another sofa: --sku ${sku}-2`);
  process.exit(1);
}

day('Monday, 3 March 2031');
await happens(
  'Four sofas stand in the warehouse. Ten more are on a ship, due on Thursday.',
  receives('warehouse', 4),
  receives('ship', 10, '2031-03-06'),
);
await happens(
  'Anna puts two into her cart, and Ben one. Carts hold them for a second here, not for an hour.',
  async () => {
    await asks('Anna', 2, { reserveFor: 1 })();
    await asks('Ben', 1, { reserveFor: 3600 })();
  },
);
await happens('Ben pays. Anna is called to the telephone.', confirms('Ben'), runsOut('Anna'));
await happens('Anna comes back and wants to pay.', confirms('Anna'));

day('Tuesday');
await happens('Clara orders three, which is all that the warehouse has left.', asks('Clara', 3));
await happens(
  'Dora, Emil and Fay order from the ship: four, three and three.',
  asks('Dora', 4, { wait: true }),
  asks('Emil', 3, { wait: true }),
  asks('Fay', 3, { wait: true }),
);
await happens(
  'Gus wants two. There are none, and he would rather wait than go.',
  asks('Gus', 2, { wait: true }),
);

day('Wednesday');
await happens(
  'There is a storm. The ship will not be here before Saturday; a mail tells the buyers.',
  slips('ship', '2031-03-08'),
);
await happens(
  "Ben's and Clara's sofas are loaded on the van. So should Dora's be, by mistake.",
  dispatches('Ben'),
  dispatches('Clara'),
  dispatches('Dora'),
);

day('Thursday');
await happens(
  'The hotel needs two, and is a customer who goes before others.',
  asks('Hotel', 2, { priority: 10, wait: true }),
);

day('Friday');
await happens(
  'One sofa is found behind the stairs. Nobody who waits wants only one.',
  adjusts('warehouse', 1, 'found', 'Behind the stairs'),
);
await happens('So Ivo, who asks for one, may have it.', asks('Ivo', 1));

day('Saturday');
await happens(
  'The ship is here, with eight sofas where ten were ordered. Who ordered last is short of them.',
  arrives('ship', 8),
);
await happens('One of the eight has a broken leg.', adjusts('ship', -1, 'damaged', 'A broken leg'));
await happens(
  'Emil has changed his mind. His three go to who comes first in line, as far as they fit.',
  cancels('Emil'),
);
await happens(
  "Dora's sofas are loaded on the van, and the hotel's.",
  dispatches('Dora'),
  dispatches('Hotel'),
);

day('Sunday');
const { items: batches } = await ask(`/v1/batches?sku=${encodeURIComponent(sku)}`);
for (const { ref, purchasedQuantity, dispatchedQuantity, availableQuantity } of batches.reverse()) {
  console.log(
    `- The ${ref.slice(sku.length + 1)} has ${sofas(purchasedQuantity - dispatchedQuantity)}, of which ${availableQuantity} can be sold:`,
  );
  const { items: movements } = await ask(`/v1/batches/${encodeURIComponent(ref)}/movements`);
  for (const { pieces, reason, note, orderId } of movements.reverse()) {
    const why = note ?? orderId?.slice(sku.length + 1);
    console.log(
      `  ${String(pieces > 0 ? `+${pieces}` : pieces).padStart(3)} ${reason}${why ? ` (${why})` : ''}`,
    );
  }
}
const { items: waiting } = await ask(`/v1/waiting?sku=${encodeURIComponent(sku)}`);
for (const { orderId, qty, place } of waiting)
  console.log(`- ${orderId.slice(sku.length + 1)} still waits for ${sofas(qty)}, as number ${place}.`);
