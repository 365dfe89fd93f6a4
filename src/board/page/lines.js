import { confirmLine, dispatchLine, giveBack, moveLine, raisePriority } from './actions.js';
import { instant, number, pieces, relative, where } from './format.js';
import { Button, html, Link, Tag, to } from './kit.js';
import { may } from './session.js';

const TONES = {
  allocated: 'good',
  reserved: 'warn',
  waiting: 'warn',
  dispatched: 'calm',
  'out of stock': 'bad',
};

/** An order line, with what can be done about it. @param name 'order' or 'sku': what the row is called by */
export function LineRow({ line, name, act, reload }) {
  const { orderId, sku, qty, state, batchRef, eta, priority, expiresAt, place } = line;
  const on = (action) => () => act(action(line), reload);
  const isHeld = state === 'allocated' || state === 'reserved';
  const [shown, href] = name === 'order' ? [orderId, to('order', orderId)] : [sku, to('sku', sku)];
  return html`<li>
    <span class="what">
      <${Link} href=${href}>${shown}<//> <${Tag} kind=${TONES[state]}>${state}<//>${' '}
      <span class="text">
        ${pieces(qty)}${name === 'sku' && batchRef && html` from <${Link} href=${to('batch', batchRef)}>${batchRef}<//>, ${where(eta)}`}
        ${expiresAt && html`, held until <time datetime=${expiresAt} title=${instant(expiresAt)}>${instant(expiresAt)} (${relative(expiresAt)})</time>`}
        ${place && `, number ${number(place)} on the wait-list`}${priority ? `, priority ${number(priority)}` : ''}
      </span>
    </span>
    ${
      may('orders') &&
      html`<span class="actions">
        ${state === 'waiting' && html`<a class="button" href="${to('explain')}?${new URLSearchParams({ sku, qty, order: orderId })}">Why?</a>`}
        ${state === 'reserved' && html`<${Button} label=${`Confirm ${orderId}`} onClick=${on(confirmLine)}>Confirm<//>`}
        ${state === 'allocated' && eta === null && html`<${Button} label=${`Dispatch ${orderId}`} onClick=${on(dispatchLine)}>Dispatch<//>`}
        ${isHeld && html`<${Button} label=${`Move ${orderId}`} onClick=${on(moveLine)}>Move<//>`}
        ${(isHeld || state === 'waiting') && name === 'sku' && html`<${Button} label=${`Priority of ${orderId}`} onClick=${on(raisePriority)}>Priority<//>`}
        ${(isHeld || state === 'waiting') && html`<${Button} label=${`Give back ${orderId}`} onClick=${on(giveBack)}>Give back<//>`}
      </span>`
    }
  </li>`;
}
