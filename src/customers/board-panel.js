// The panel that this module adds to the board: a customer, by his id.
import {
  Button,
  Empty,
  get,
  html,
  instant,
  Loaded,
  Section,
  Tag,
  to,
  useEffect,
  useEvery,
  useId,
  useLoad,
  useState,
} from './kit.js';

/** How often a customer is looked at anew, in milliseconds: no event of a SKU tells of one. */
const PACE_MS = 5_000;

export default function Customers({ query }) {
  const asked = query.get('id') ?? '';
  const [id, setId] = useState(asked);
  const inputId = useId();
  useEffect(() => setId(asked), [asked]);
  const look = (event) => {
    event.preventDefault();
    location.hash = `${to('panel', 'customers')}?id=${encodeURIComponent(id.trim())}`;
  };
  return html`
    <div class="page-head">
      <div>
        <h1>Customers</h1>
        <p class="lead">The third order makes a VIP, whose lines have priority 10 from then on.</p>
      </div>
    </div>
    <form class="card inline" onSubmit=${look}>
      <div class="field">
        <label for=${inputId}>Customer</label>
        <input
          id=${inputId}
          value=${id}
          required
          autocomplete="off"
          spellcheck=${false}
          onInput=${(event) => setId(event.target.value)}
        />
      </div>
      <button type="submit" class="button primary">Look</button>
    </form>
    ${asked === '' ? html`<${Empty}>Type in the id that orders name.<//>` : html`<${Customer} key=${asked} id=${asked} />`}
  `;
}

function Customer({ id }) {
  const loaded = useLoad((signal) => get(`v1/customers/${encodeURIComponent(id)}`, { signal }), [id]);
  useEvery(loaded.reload, PACE_MS);
  return html`<${Section} title=${id} actions=${html`<${Button} onClick=${loaded.reload}>Look again<//>`}>
    <${Loaded} of=${loaded}>
      ${({ orders, vip, vipSince }) =>
        html`<p class="facts">
            ${vip ? html`<${Tag} kind="good">VIP since ${instant(vipSince)}<//>` : html`<${Tag}>no VIP yet<//>`}
          </p>
          <dl class="numbers small">
            <div>
              <dt>orders</dt>
              <dd>${orders}</dd>
            </div>
          </dl>`}
    <//>
  <//>`;
}
