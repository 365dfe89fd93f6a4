// What can be done, each as one request to the public API.
import { ask, path } from './api.js';
import { html, to, Link } from './kit.js';
import { count, pieces, today, where } from './format.js';

const REASONS = ['damaged', 'lost', 'found', 'returned', 'counted', 'supplier'];

/** A number from a field; what is none goes as it is, for the service to say what it must be. */
const numeric = (text) =>
  /^-?\d+$/.test(String(text).trim()) ? Number(text) : text === '' ? undefined : text;
const optional = (text) => (text === '' ? undefined : text);

const SKU = { name: 'sku', label: 'SKU', required: true };
const ORDER = { name: 'orderId', label: 'Order', required: true };
const QTY = { name: 'qty', label: 'Pieces', type: 'number', min: 1, required: true };
const PRIORITY = {
  name: 'priority',
  label: 'Priority',
  type: 'number',
  hint: 'Larger is served first. Empty: 0.',
};
const WAIT = { name: 'wait', label: 'Waits if nothing is left', type: 'checkbox', value: false };

export const createBatch = (sku = '') => ({
  title: 'New batch',
  verb: 'Create',
  fields: [
    { name: 'ref', label: 'Reference', required: true },
    { ...SKU, value: sku },
    QTY,
    { name: 'eta', label: 'Arrives', type: 'date', hint: 'Empty: it is in the warehouse.' },
  ],
  request: ({ ref, sku, qty, eta }) => ({
    method: 'POST',
    path: 'v1/batches',
    body: { ref, sku, qty: numeric(qty), eta: eta === '' ? null : eta },
    skus: [sku],
  }),
});

export const allocate = (sku = '') => ({
  title: 'Allocate a line',
  verb: 'Allocate',
  fields: [
    ORDER,
    { ...SKU, value: sku },
    QTY,
    PRIORITY,
    { name: 'reserveFor', label: 'Hold for seconds', type: 'number', min: 1, hint: 'Empty: for good.' },
    WAIT,
  ],
  request: ({ orderId, sku, qty, priority, reserveFor, wait }) => ({
    method: 'POST',
    path: 'v1/allocations',
    body: {
      orderId,
      sku,
      qty: numeric(qty),
      priority: numeric(priority),
      reserveFor: numeric(reserveFor),
      wait,
    },
    skus: [sku],
  }),
});

/** @param etag under which the batch is known, so that nothing is changed that has changed meanwhile */
const ofBatch = (batch, etag, action) => ({
  ...action,
  ifMatch: etag,
  title: `${action.title} ${batch.ref}`,
});

export const arrive = (batch, etag) =>
  ofBatch(batch, etag, {
    title: 'Arrival of',
    verb: 'It has arrived',
    fields: [{ ...QTY, label: 'Pieces that came', min: 0, value: String(batch.purchasedQuantity) }],
    preview: previewOf(batch, ({ qty }) => ({ qty: numeric(qty), arrived: true })),
    request: ({ qty }) => ({
      method: 'POST',
      path: path`v1/batches/${batch.ref}/arrive`,
      body: { qty: numeric(qty) },
      skus: [batch.sku],
    }),
  });

export const slip = (batch, etag) =>
  ofBatch(batch, etag, {
    title: 'Another day for',
    verb: 'Change the day',
    fields: [{ name: 'eta', label: 'Arrives', type: 'date', value: batch.eta ?? today(), required: true }],
    preview: previewOf(batch, ({ eta }) => ({ eta: optional(eta) })),
    request: ({ eta }) => ({
      method: 'PATCH',
      path: path`v1/batches/${batch.ref}`,
      body: { eta: optional(eta) },
      skus: [batch.sku],
    }),
  });

export const cut = (batch, etag) =>
  ofBatch(batch, etag, {
    title: 'Set the quantity of',
    verb: 'Set the quantity',
    danger: true,
    fields: [{ ...QTY, label: 'Pieces that it holds', min: 0, value: String(batch.purchasedQuantity) }],
    preview: previewOf(batch, ({ qty }) => ({ qty: numeric(qty) })),
    request: ({ qty }) => ({
      method: 'PATCH',
      path: path`v1/batches/${batch.ref}`,
      body: { qty: numeric(qty) },
      skus: [batch.sku],
    }),
  });

export const adjust = (batch, etag) =>
  ofBatch(batch, etag, {
    title: 'Adjust',
    verb: 'Adjust',
    fields: [
      { ...QTY, name: 'delta', label: 'Pieces more, or fewer', min: undefined, hint: 'Such as -2.' },
      { name: 'reason', label: 'Why', options: REASONS, value: REASONS[0] },
      { name: 'note', label: 'Note' },
    ],
    preview: previewOf(batch, ({ delta }) =>
      typeof numeric(delta) === 'number' ? { qty: batch.purchasedQuantity + numeric(delta) } : {},
    ),
    request: ({ delta, reason, note }) => ({
      method: 'POST',
      path: path`v1/batches/${batch.ref}/adjustments`,
      body: { delta: numeric(delta), reason, note: optional(note) },
      skus: [batch.sku],
    }),
  });

/** Who would lose or get what, by a dry run of the change. */
function previewOf(batch, changeOf) {
  return async (values, signal) => {
    const change = changeOf(values);
    const isSame =
      !change.arrived &&
      (change.qty === undefined || change.qty === batch.purchasedQuantity) &&
      (change.eta === undefined || change.eta === batch.eta);
    if (isSame) return html`<p>Nothing would change for anybody.</p>`;
    const { lines, more } = await ask(path`v1/batches/${batch.ref}/explain`, change, { signal });
    return html`<${WouldBe} lines=${lines} more=${more} />`;
  };
}

function WouldBe({ lines, more }) {
  const losing = lines.filter(({ before, after }) => before !== null && after === null);
  const served = lines.filter(({ before }) => before === null);
  const moved = lines.filter(({ before, after }) => before !== null && after !== null);
  if (lines.length === 0) return html`<p>Nothing would change for anybody.</p>`;
  return html`
    <${Fate}
      title=${`${count(losing.length, 'line')} would lose ${losing.length === 1 ? 'its' : 'their'} pieces`}
      lines=${losing}
      tone="bad"
    />
    <${Fate}
      title=${`${count(moved.length, 'line')} would move or get another day`}
      lines=${moved}
      tone="warn"
    />
    <${Fate}
      title=${`${count(served.length, 'line')} that ${served.length === 1 ? 'waits' : 'wait'} would be served`}
      lines=${served}
      tone="good"
    />
    ${more && html`<p>There are more than these.</p>`}
  `;
}

function Fate({ title, lines, tone }) {
  if (lines.length === 0) return null;
  const said = ({ batchRef, eta }) => `${batchRef}, ${where(eta)}`;
  return html`<h3 class=${tone}>${title}</h3>
    <ul class="fates">
      ${lines
        .slice(0, 8)
        .map(
          ({ orderId, qty, state, before, after }) =>
            html`<li>
              <${Link} href=${to('order', orderId)}>${orderId}<//> ${pieces(qty)}:${' '}
              ${before ? said(before) : 'waits'} → ${after ? said(after) : state}
            </li>`,
        )}
      ${lines.length > 8 && html`<li>and ${count(lines.length - 8, 'more line')}</li>`}
    </ul>`;
}

const lineStep = (line, title, verb, step, method = 'POST') => ({
  title: `${title} ${line.orderId}`,
  note: `${pieces(line.qty)} of ${line.sku}`,
  verb,
  request: () => ({
    method,
    path: path`v1/allocations/${line.orderId}/${line.sku}` + step,
    skus: [line.sku],
  }),
});

export const confirmLine = (line) => lineStep(line, 'Confirm', 'Confirm', '/confirm');
export const dispatchLine = (line) => ({
  ...lineStep(line, 'Dispatch', 'It has left', '/dispatch'),
  note: `${pieces(line.qty)} of ${line.sku} leave the warehouse. That is final.`,
});
export const moveLine = (line) => lineStep(line, 'Move', 'Move to the best batch', '/reallocate');
export const giveBack = (line) => ({
  ...lineStep(line, 'Give back', 'Give back', '', 'DELETE'),
  danger: true,
});

export const raisePriority = (line) => ({
  title: `Priority of ${line.orderId}`,
  note: `${pieces(line.qty)} of ${line.sku}`,
  verb: 'Change the priority',
  fields: [{ ...PRIORITY, value: String(line.priority ?? 0), hint: 'Larger is served first.' }],
  request: ({ priority }) => ({
    method: 'POST',
    path: 'v1/allocations',
    body: {
      orderId: line.orderId,
      sku: line.sku,
      qty: line.qty,
      priority: numeric(priority),
      ...termsOf(line),
    },
    skus: [line.sku],
  }),
});

/** What keeps a line as it is when it is asked for again: a reserved one would be confirmed otherwise. */
function termsOf({ state, expiresAt }) {
  if (state !== 'reserved') return {};
  return { reserveFor: Math.max(1, Math.floor((new Date(expiresAt) - Date.now()) / 1000)) };
}

export const placeOrder = () => ({
  title: 'New order',
  verb: 'Place the order',
  fields: [
    ORDER,
    { name: 'customer', label: 'Customer', hint: 'May be empty.' },
    {
      name: 'lines',
      label: 'Lines',
      type: 'lines',
      hint: 'One a line: pieces, then the SKU. Such as: 2 SMALL-TABLE',
    },
    { name: 'partial', label: 'Take what there is', type: 'checkbox', value: false },
    WAIT,
  ],
  request: ({ orderId, customer, lines, partial, wait }) => {
    const parsed = linesIn(lines);
    return {
      method: 'POST',
      path: 'v1/orders',
      body: {
        orderId,
        customer: customer === '' ? undefined : { id: customer },
        lines: parsed,
        partial,
        wait,
      },
      skus: parsed.map(({ sku }) => sku),
    };
  },
});

function linesIn(text) {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [, qty, sku] = /^(\S+)\s+(.*)$/.exec(line) ?? [undefined, line, ''];
      return { sku, qty: numeric(qty) };
    });
}

const orderStep = (order, title, verb, step, method = 'POST') => ({
  title: `${title} ${order.orderId}`,
  note: `All ${count(order.lines.length, 'line')} of it, or none.`,
  verb,
  request: () => ({
    method,
    path: path`v1/orders/${order.orderId}` + step,
    skus: order.lines.map(({ sku }) => sku),
  }),
});

export const confirmOrder = (order) => orderStep(order, 'Confirm', 'Confirm the order', '/confirm');
export const dispatchOrder = (order) => orderStep(order, 'Dispatch', 'The order has left', '/dispatch');
export const cancelOrder = (order) => ({
  ...orderStep(order, 'Cancel', 'Cancel the order', '', 'DELETE'),
  danger: true,
});

export const replayDeadLetter = ({ handler, eventId }) => ({
  title: `Deliver again to ${handler}`,
  verb: 'Deliver again',
  request: () => ({ method: 'POST', path: path`v1/dead-letters/${handler}/${eventId}/replay` }),
  outcome: () => 'It is tried again.',
});

export const testWebhook = ({ id, url }) => ({
  title: 'Send a test',
  note: url,
  verb: 'Send',
  request: () => ({ method: 'POST', path: path`v1/webhooks/${id}/test` }),
  outcome: ({ status, error, durationMs }) =>
    error === null ? `It was taken (${status}) in ${durationMs} ms.` : `It was not taken: ${error}`,
});
