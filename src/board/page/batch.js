import { get, getTagged, path } from './api.js';
import { adjust, arrive, cut, slip } from './actions.js';
import { BarLegend, BatchBar } from './charts.js';
import { skusToFollow, useFeed } from './feed.js';
import { count, day, number } from './format.js';
import { Button, Empty, html, Link, Loaded, Section, to, useLoad, useRef } from './kit.js';
import { LineRow } from './lines.js';
import { may } from './session.js';
import { Arrival, Live, loadMovements, Movements } from './sku.js';

/** @param pages of movements */
async function loadBatch(ref, signal, pages) {
  const asked = { signal };
  const tagged = getTagged(path`v1/batches/${ref}`, undefined, asked);
  const [{ data: batch, etag }, lines, reserved, movements] = await Promise.all([
    tagged,
    get(path`v1/batches/${ref}/allocations?limit=200`, asked),
    // Lines of the batch are shown up to a number, and what is reserved may be behind it.
    tagged.then(async ({ data }) => {
      const promises = await get(path`v1/skus/${data.sku}/promises?limit=1`, asked);
      return promises.reserved.find(({ batchRef }) => batchRef === ref)?.pieces ?? 0;
    }),
    tagged.then(({ data }) => loadMovements(path`v1/batches/${ref}/movements`, data.sku, pages, asked)),
  ]);
  return { batch, etag, lines, reserved, movements };
}

export function BatchPage({ reference, act }) {
  const pages = useRef(1);
  const loaded = useLoad((signal) => loadBatch(reference, signal, pages.current), [reference]);
  const older = () => {
    pages.current += 1;
    return loaded.reload();
  };
  const state = useFeed(
    skusToFollow(loaded, ({ batch }) => [batch.sku]),
    loaded.reload,
  );
  const { batch, etag } = loaded.data ?? {};
  const on = (action) => () => act(action(batch, etag), loaded.reload);
  return html`
    <div class="page-head">
      <div>
        <p class="kicker">Batch <${Live} state=${state} /></p>
        <h1>${reference}</h1>
      </div>
      ${
        batch &&
        may('stock') &&
        html`<div class="actions">
          ${batch.eta !== null && html`<${Button} kind="primary" onClick=${on(arrive)}>It has arrived<//>`}
          ${batch.eta !== null && html`<${Button} onClick=${on(slip)}>Another day<//>`}
          <${Button} onClick=${on(adjust)}>Adjust<//>
          <${Button} onClick=${on(cut)}>Set quantity<//>
        </div>`
      }
    </div>
    <${Loaded} of=${loaded}
      >${(data) => html`<${Batch} ...${data} act=${act} reload=${loaded.reload} older=${older} />`}<//
    >
  `;
}

function Batch({ batch, lines, reserved, movements, older, act, reload }) {
  return html`
    <${Section} title="What it has">
      <p class="facts">
        <${Link} href=${to('sku', batch.sku)}>${batch.sku}<//> <${Arrival} batch=${batch} />${' '}
        ${batch.eta === null && batch.expectedEta && html`<span class="muted">was expected ${day(batch.expectedEta)}</span>`}
      </p>
      <${BatchBar} batch=${batch} reserved=${reserved} most=${batch.purchasedQuantity} />
      <${BarLegend} />
      <dl class="numbers small">
        <div>
          <dt>purchased</dt>
          <dd>${number(batch.purchasedQuantity)}</dd>
        </div>
        <div>
          <dt>dispatched</dt>
          <dd>${number(batch.dispatchedQuantity)}</dd>
        </div>
        <div>
          <dt>promised</dt>
          <dd>${number(batch.allocatedQuantity - batch.dispatchedQuantity)}</dd>
        </div>
        <div>
          <dt>free</dt>
          <dd>${number(batch.availableQuantity)}</dd>
        </div>
      </dl>
    <//>
    <${Section}
      title=${lines.next ? `The first ${number(lines.items.length)} lines` : count(lines.items.length, 'line')}
    >
      ${
        lines.items.length === 0
          ? html`<${Empty}>It serves no line yet.<//>`
          : html`<ul class="lines">
              ${lines.items.map((line) => {
                const whole = { ...line, sku: batch.sku, batchRef: batch.ref, eta: batch.eta };
                return html`<${LineRow}
                  key=${line.orderId}
                  line=${whole}
                  name="order"
                  act=${act}
                  reload=${reload}
                />`;
              })}
            </ul>`
      }
    <//>
    <${Section} title="Movements"><${Movements} movements=${movements} older=${older} /><//>
  `;
}
