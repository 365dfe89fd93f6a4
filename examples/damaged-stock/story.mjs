// Damaged stock is found in the warehouse. What comes of it, from the first command to the last mail, is found in the
// log of events and in that of the service by one id: that of the request with which it began.
//
//   npm start > service.log
//   node examples/damaged-stock/story.mjs --log service.log [--id damage-1] [--url http://127.0.0.1:3000]

import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    log: { type: 'string' },
    id: { type: 'string', default: 'damage-1' },
    url: { type: 'string', default: 'http://127.0.0.1:3000' },
  },
});
if (!options.log) {
  console.error('Say with --log to which file the service writes its log');
  process.exit(2);
}
// So that the story can be told again.
const [sofa, lamp] = ['SOFA', 'LAMP'].map((name) => `${name} of ${options.id}`);
const named = (name) => `${name} of ${options.id}`;

/**
 * Sends a request.
 * @param id by which all that it causes is found
 * @param refusal the status of a refusal that is an answer, too
 */
async function send(method, path, body, id, refusal) {
  const response = await fetch(options.url + path, {
    method,
    headers: { ...(body && { 'content-type': 'application/json' }), ...(id && { 'x-request-id': id }) },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok && response.status !== refusal)
    throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text && JSON.parse(text);
}
const path = (...parts) => `/v1/${parts.map(encodeURIComponent).join('/')}`;

// The stock, and who wants it.
await send('POST', '/v1/batches', { ref: named('warehouse'), sku: sofa, qty: 10 });
await send('POST', '/v1/batches', { ref: named('ship'), sku: sofa, qty: 5, eta: '2031-02-18' });
await send('POST', '/v1/batches', { ref: named('shelf'), sku: lamp, qty: 4 });
for (const [name, qty] of [
  ['Ann', 4],
  ['Bob', 3],
  ['Cid', 2],
])
  await send('POST', '/v1/allocations', { orderId: named(name), sku: sofa, qty, wait: name === 'Bob' });
const { next: beginning } = await send('GET', '/v1/events?after=now');

// A pipe has burst over the sofas.
await send(
  'POST',
  path('batches', named('warehouse'), 'adjustments'),
  { delta: -8, reason: 'damaged', note: 'a pipe has burst' },
  options.id,
);
// To make it up to Bob, sofas and lamps are to be put aside for him: all of them, or none. The service sees to that.
const gift = await send(
  'POST',
  '/v1/orders',
  { orderId: named('gift for Bob'), lines: [lamp, sofa].map((sku) => ({ sku, qty: 3 })), reserveFor: 600 },
  options.id,
  409,
);

console.log(`What is due to ${options.id}:`);
for (const event of await eventsSince(beginning)) console.log(`  ${sentence(event)}`);
for (const mail of await mails()) console.log(`  ${mail}`);
console.log(`And Bob's gift? ${gift.detail.replaceAll(` of ${options.id}`, '')}`);

/** The events of the log that are due to the request, in their order. */
async function eventsSince(position) {
  const found = [];
  for (let after = position; ;) {
    // An answer without events has waited in vain for three seconds.
    const { events, next } = await send(
      'GET',
      `/v1/events?${new URLSearchParams({ after, wait: '3', limit: '1000' })}`,
    );
    if (events.length === 0) return found;
    found.push(...events.filter((event) => event.correlationid === options.id));
    after = next;
  }
}

function sentence({ type, subject, data }) {
  const [, name] = type.split('.');
  const isChange = 'previousQty' in data || 'previousEta' in data;
  const [before, after] = 'previousQty' in data ? [data.previousQty, data.qty] : [data.previousEta, data.eta];
  const what = [
    subject,
    data.orderId ?? data.batchRef,
    data.reason,
    isChange && `${before ?? 'now'} → ${after ?? 'now'}`,
  ];
  const told = what.filter(Boolean).map((part) => String(part).replaceAll(` of ${options.id}`, ''));
  return `${name.padEnd(16)} ${told.join(', ')}`;
}

/** The mails in the log of the service that are due to the request; waits until no more come for two seconds. */
async function mails() {
  let [count, since] = [0, Date.now()];
  for (;;) {
    const lines = (await readFile(options.log, 'utf8')).split('\n').filter((line) => line.startsWith('{'));
    const found = lines
      .map((line) => JSON.parse(line))
      .filter(({ requestId, msg }) => requestId === options.id && /^Sent to /.test(msg))
      .map(({ msg }) => msg.replace(/^Sent to/, 'mail to').replaceAll(` of ${options.id}`, ''));
    if (found.length > count) [count, since] = [found.length, Date.now()];
    if (Date.now() - since > 2_000) return found;
    await pause(100);
  }
}
