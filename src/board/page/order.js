import { get, path } from './api.js';
import { cancelOrder, confirmOrder, dispatchOrder } from './actions.js';
import { skusToFollow, useFeed } from './feed.js';
import { count } from './format.js';
import { Button, html, Loaded, Section, Tag, to, useLoad } from './kit.js';
import { LineRow } from './lines.js';
import { may } from './session.js';
import { Live } from './sku.js';

/** The states of an order that can still be given up. */
const OPEN = new Set(['placing', 'reserved', 'waiting', 'confirmed']);

const orNull = (problem) => {
  if (problem.status === 404) return null;
  throw problem;
};

async function loadOrder(orderId, signal) {
  // Lines may have been asked for one by one, without an order as a whole.
  const [order, lines] = await Promise.all([
    get(path`v1/orders/${orderId}`, { signal }).catch(orNull),
    get(path`v1/allocations/${orderId}`, { signal }),
  ]);
  return { order, lines: lines.lines };
}

export function OrderPage({ orderId, act }) {
  const loaded = useLoad((signal) => loadOrder(orderId, signal), [orderId]);
  const state = useFeed(
    skusToFollow(loaded, ({ lines }) => lines.map(({ sku }) => sku)),
    loaded.reload,
  );
  const { order } = loaded.data ?? {};
  const on = (action) => () => act(action(order), loaded.reload);
  return html`
    <div class="page-head">
      <div>
        <p class="kicker">Order <${Live} state=${state} /></p>
        <h1>${orderId}</h1>
        ${order && html`<p class="lead"><${Tag}>${order.state}<//> ${order.customerId && html`for <a href="${to('panel', 'customers')}?id=${encodeURIComponent(order.customerId)}">${order.customerId}</a>`}</p>`}
      </div>
      ${
        order &&
        may('orders') &&
        html`<div class="actions">
          ${order.state === 'reserved' && html`<${Button} kind="primary" onClick=${on(confirmOrder)}>Confirm all<//>`}
          ${order.state === 'confirmed' && html`<${Button} onClick=${on(dispatchOrder)}>Dispatch all<//>`}
          ${OPEN.has(order.state) && html`<${Button} onClick=${on(cancelOrder)}>Cancel<//>`}
        </div>`
      }
    </div>
    <${Loaded} of=${loaded}>
      ${({ lines }) =>
        html`<${Section} title=${count(lines.length, 'line')}>
          <ul class="lines">
            ${lines.map((line) => html`<${LineRow} key=${line.sku} line=${{ ...line, orderId }} name="sku" act=${act} reload=${loaded.reload} />`)}
          </ul>
        <//>`}
    <//>
  `;
}
