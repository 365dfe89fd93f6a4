import { ask, get, path } from './api.js';
import { useFeed } from './feed.js';
import { count, number, pieces, where } from './format.js';
import { html, Link, Loaded, Section, Tag, to, useEffect, useId, useLoad, useState } from './kit.js';
import { Live } from './sku.js';

const wishIn = (query) => ({
  sku: query.get('sku') ?? '',
  qty: query.get('qty') ?? '1',
  priority: query.get('priority') ?? '',
  orderId: query.get('order') ?? '',
});

async function explain(wish, signal) {
  const { sku, qty, priority, orderId } = wish;
  const body = {
    sku,
    qty: Number(qty),
    orderId: orderId || undefined,
    priority: priority === '' ? undefined : Number(priority),
  };
  const explanation = await ask('v1/allocations/explain', { ...body, wait: true }, { signal });
  if (explanation.place === null) return { wish, explanation };
  const [waiting, batches] = await Promise.all([
    get(path`v1/waiting?sku=${sku}&limit=1`, { signal }),
    get(path`v1/batches?sku=${sku}&open=true&limit=1000`, { signal }),
  ]);
  return { wish, explanation, next: waiting.items[0], batches: batches.items };
}

export function ExplainPage({ query }) {
  const asked = wishIn(query);
  const [wish, setWish] = useState(asked);
  const loaded = useLoad(
    async (signal) => (asked.sku === '' ? null : explain(asked, signal)),
    [query.toString()],
  );
  const state = useFeed(asked.sku === '' ? undefined : [asked.sku], loaded.reload);
  useEffect(() => setWish(asked), [query.toString()]);
  const submit = (event) => {
    event.preventDefault();
    const { orderId: order, ...rest } = wish;
    const params = new URLSearchParams(
      Object.entries({ ...rest, order }).filter(([, value]) => value !== ''),
    );
    const address = `${to('explain')}?${params}`;
    if (location.hash === address) void loaded.reload();
    else location.hash = address;
  };
  const input = (name, label, more = {}) =>
    html`<${Input}
      label=${label}
      value=${wish[name]}
      more=${more}
      onInput=${(value) => setWish({ ...wish, [name]: value })}
    />`;
  return html`
    <div class="page-head">
      <div>
        ${asked.sku !== '' && html`<p class="kicker"><${Live} state=${state} /></p>`}
        <h1>Explain</h1>
        <p class="lead">What would happen to a line, batch by batch. Nothing is done.</p>
      </div>
    </div>
    <form class="card inline" onSubmit=${submit}>
      ${input('sku', 'SKU', { required: true })}
      ${input('qty', 'Pieces', { type: 'number', min: 1, required: true })}
      ${input('priority', 'Priority', { type: 'number', placeholder: 'its own' })}
      ${input('orderId', 'Order, if there is one')}
      <button type="submit" class="button primary">Explain</button>
    </form>
    <${Loaded} of=${loaded}>${(answer) => answer && html`<${Answer} ...${answer} />`}<//>
  `;
}

function Input({ label, value, more, onInput }) {
  const id = useId();
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <input
      id=${id}
      value=${value}
      autocomplete="off"
      spellcheck=${false}
      ...${more}
      onInput=${(event) => onInput(event.target.value)}
    />
  </div>`;
}

const TONES = {
  allocated: 'good',
  reserved: 'good',
  dispatched: 'calm',
  waiting: 'warn',
  'out of stock': 'bad',
};

function Answer({ explanation, next, batches, wish }) {
  const { outcome, batchRef, eta, place, considered } = explanation;
  const isKnown = considered.length === 0 && wish.orderId !== '';
  return html`
    <${Section} title=${isKnown ? 'How it stands' : 'What would happen'}>
      <p class="verdict" role="status">
        <${Tag} kind=${TONES[outcome]}>${outcome}<//>${' '}
        ${
          batchRef
            ? html`${pieces(Number(wish.qty))} from${' '}
                <${Link} href=${to('batch', batchRef)}>${batchRef}<//>${`, ${where(eta)}.`}`
            : place === null
              ? 'No batch can take it.'
              : `No batch can take it. On the wait-list it ${isKnown ? 'is' : 'would be'} number ${number(place)}.`
        }
      </p>
      ${place !== null && html`<${Forward} place=${place} next=${next} batches=${batches} wish=${wish} />`}
    <//>
    ${
      considered.length > 0 &&
      html`<${Section}
        title=${`${count(considered.length, 'batch', 'batches')}, in the order in which they serve lines`}
      >
        <div class="scroll" tabindex="0" role="region" aria-label="Batches that were considered">
          <table>
            <thead>
              <tr>
                <th scope="col">Batch</th>
                <th scope="col">Where</th>
                <th scope="col" class="n">Free</th>
                <th scope="col">Verdict</th>
              </tr>
            </thead>
            <tbody>
              ${considered.map(
                (batch) =>
                  html`<tr key=${batch.batchRef}>
                    <td><${Link} href=${to('batch', batch.batchRef)}>${batch.batchRef}<//></td>
                    <td>${where(batch.eta)}</td>
                    <td class="n">${number(batch.available)}</td>
                    <td>
                      <${Tag}
                        kind=${batch.verdict === 'taken' ? 'good' : batch.verdict === 'not reached' ? 'calm' : 'warn'}
                        >${batch.verdict}<//
                      >
                    </td>
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>
      <//>`
    }
  `;
}

/**
 * What would bring a waiting line forward.
 * @param next the line that waits as the first, which has the highest priority of all; it may have gone meanwhile
 */
function Forward({ place, next, batches, wish: { qty, sku } }) {
  const before = place - 1;
  const largest = batches.reduce((most, { availableQuantity }) => Math.max(most, availableQuantity), 0);
  const missing = Math.max(0, Number(qty) - largest);
  return html`<h3>What would bring it forward</h3>
    <ul class="advice">
      <li>
        ${
          missing === 0
            ? 'There is a batch with enough pieces: it is served as soon as somebody looks.'
            : `The fullest batch has ${pieces(largest)} left: ${number(missing)} more in one batch would do` +
              (before > 0 ? ', once those before it are served or do not fit.' : '.')
        }
      </li>
      <li>
        ${
          before === 0
            ? 'Nobody waits before it.'
            : `${count(before, 'line')} ${before === 1 ? 'waits' : 'wait'} before it.` +
              (next ? ` With priority ${number(next.priority + 1)} it would be the next.` : '')
        }
      </li>
      <li>
        Any line of <${Link} href=${to('sku', sku)}>${sku}<//> that is given back or expires, any arrival with
        more than expected, and any new batch helps.
      </li>
    </ul>`;
}
