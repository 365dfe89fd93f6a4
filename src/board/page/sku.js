import { get, path } from './api.js';
import { allocate, createBatch } from './actions.js';
import { BarLegend, BatchBar } from './charts.js';
import { useFeed } from './feed.js';
import { count, instant, number, pieces, relative, today, where } from './format.js';
import { Button, Empty, html, Link, Loaded, Section, Tag, to, useLoad, useRef, useState } from './kit.js';
import { MOVEMENT_TYPES, onHandBefore, onHandOf } from './ledger.js';
import { may } from './session.js';
import { Timeline } from './timeline.js';

/** Batches that are listed at first. */
const FEW = 30;

/** Movements with the keys by which they were made, where one may know. */
async function withKeys(sku, page, asked) {
  if (!may('admin') || page.items.length === 0) return page;
  const sequences = page.items.map(({ sequence }) => `&sequence=${sequence}`).join('');
  const changes = await get(path`v1/audit?sku=${sku}&limit=200` + sequences, asked).catch(() => undefined);
  const known = new Map(changes?.items.map((change) => [change.sequence, change]));
  const whoOf = ({ keyName, correlationId } = {}) => ({ keyName, ...(correlationId && { correlationId }) });
  return { ...page, items: page.items.map((item) => ({ ...item, ...whoOf(known.get(item.sequence)) })) };
}

/**
 * Movements, the newest first, with the keys by which they were made.
 * @param movements the path of the API that lists them
 * @param pages how many pages of them: those that are shown are all asked for anew, since they go on from page to page
 * @returns them, and `next`, which is null when there are no older ones
 */
export async function loadMovements(movements, sku, pages, asked) {
  const loaded = { items: [], next: undefined };
  while (loaded.next !== null && pages > 0) {
    const after = loaded.next === undefined ? '' : path`&after=${loaded.next}`;
    const page = await withKeys(sku, await get(`${movements}?limit=200${after}`, asked), asked);
    loaded.items.push(...page.items);
    loaded.next = page.next;
    pages -= 1;
  }
  return loaded;
}

/**
 * @param pages of movements
 * @param known movements that are still so; undefined when there may be others
 */
async function loadSku(sku, signal, pages, known) {
  const asked = { signal };
  const available = get(path`v1/availability/${sku}`, asked).catch((problem) => {
    if (problem.status === 404) return null;
    throw problem;
  });
  const [availability, batches, promises, waiting, movements] = await Promise.all([
    available,
    get(path`v1/batches?sku=${sku}&limit=1000`, asked),
    get(path`v1/skus/${sku}/promises?limit=500`, asked),
    available.then((found) =>
      found?.waiting.lines > 0 ? get(path`v1/waiting?sku=${sku}&limit=100`, asked) : { items: [] },
    ),
    known ?? loadMovements(path`v1/skus/${sku}/movements`, sku, pages, asked),
  ]);
  const reserved = new Map(promises.reserved.map(({ batchRef, pieces }) => [batchRef, pieces]));
  return { availability, batches, promises, waiting: waiting.items, movements, reserved };
}

const LIVE = { live: 'live', connecting: 'connecting …', looking: 'looked for again and again' };

/** Whether what is shown is of now. */
export const Live = ({ state }) => html`<span class="live ${state}" role="status">${LIVE[state]}</span>`;

export function SkuPage({ sku, act }) {
  // Most of what happens to a SKU that is sold moves nothing, and movements are many: they are asked for when there are others.
  const moved = useRef({ times: 0, pages: 1 });
  const loaded = useLoad(async (signal) => {
    const { times, pages, known, ofTimes } = moved.current;
    const data = await loadSku(sku, signal, pages, times === ofTimes ? known : undefined);
    Object.assign(moved.current, { known: data.movements, ofTimes: times });
    return data;
  }, []);
  const lookAgain = () => {
    moved.current.times += 1;
    return loaded.reload();
  };
  const older = () => {
    moved.current.pages += 1;
    return lookAgain();
  };
  const state = useFeed([sku], (types) =>
    types && !MOVEMENT_TYPES.some((type) => types.has(type)) ? loaded.reload() : lookAgain(),
  );
  return html`
    <div class="page-head">
      <div>
        <p class="kicker">SKU <${Live} state=${state} /></p>
        <h1>${sku}</h1>
      </div>
      <div class="actions">
        <a class="button" href="${to('explain')}?sku=${encodeURIComponent(sku)}">Explain</a>
        ${may('stock') && html`<${Button} onClick=${() => act(createBatch(sku), lookAgain)}>New batch<//>`}
        ${may('orders') && html`<${Button} kind="primary" onClick=${() => act(allocate(sku), lookAgain)}>Allocate<//>`}
      </div>
    </div>
    <${Loaded} of=${loaded}>${(data) => html`<${Sku} sku=${sku} ...${data} older=${older} />`}<//>
  `;
}

function Sku({ sku, availability, batches, promises, waiting, movements, older, reserved }) {
  if (availability === null)
    return html`<${Empty}
      >Nobody knows this SKU: no batch of it was ever created. The first one makes it known.<//
    >`;
  const onHand = onHandOf(availability);
  const here = { total: onHand, free: availability.availableNow };
  const size = { ...availability.waiting, items: waiting };
  const past = onHandBefore(movements.items, batches.items, onHand);
  return html`
    <dl class="numbers">
      <div>
        <dt>on hand</dt>
        <dd>${number(onHand)}</dd>
      </div>
      <div>
        <dt>free now</dt>
        <dd>${number(availability.availableNow)}</dd>
      </div>
      <div>
        <dt>promised</dt>
        <dd>${number(availability.allocated + availability.reserved)}</dd>
      </div>
      <div>
        <dt>on its way</dt>
        <dd>${number(availability.inTransit)}</dd>
      </div>
      <div>
        <dt>waiting</dt>
        <dd>${number(availability.waiting.pieces)}</dd>
      </div>
    </dl>
    <${Section} title="What there is, and when">
      <${Timeline}
        sku=${sku}
        batches=${batches.items}
        promises=${promises}
        here=${here}
        waiting=${size}
        past=${past}
      />
      ${promises.more && html`<p class="hint">Marks are of the first ${count(promises.items.length, 'line')}; the page of a batch lists those of it.</p>`}
      ${batches.next && html`<p class="hint">Arrivals are those of the first ${count(batches.items.length, 'batch', 'batches')}.</p>`}
    <//>
    <${Batches} batches=${batches} reserved=${reserved} />
    ${waiting.length > 0 && html`<${Waiting} sku=${sku} waiting=${waiting} size=${availability.waiting} />`}
    <${Section} title=${`Why is on-hand ${number(onHand)}?`}>
      <${Movements}
        movements=${movements}
        older=${older}
        steps=${new Map(past.map((step) => [step.sequence, step]))}
      />
    <//>
  `;
}

function Batches({ batches: { items: batches, next }, reserved }) {
  const [isWhole, setWhole] = useState(false);
  const most = Math.max(...batches.map(({ purchasedQuantity }) => purchasedQuantity), 1);
  const shown = isWhole ? batches : batches.slice(0, FEW);
  const title = count(batches.length, 'batch', 'batches');
  return html`<${Section}
    title=${next ? `The first ${title}, in the order in which they serve lines` : title}
  >
    <${BarLegend} />
    <ul class="batches">
      ${shown.map(
        (batch) =>
          html`<li key=${batch.ref}>
            <span class="what"
              ><${Link} href=${to('batch', batch.ref)}>${batch.ref}<//> <${Arrival} batch=${batch}
            /></span>
            <${BatchBar} batch=${batch} reserved=${reserved.get(batch.ref) ?? 0} most=${most} />
            <span class="free"
              ><b>${number(batch.availableQuantity)}</b> of ${number(batch.purchasedQuantity)} free</span
            >
          </li>`,
      )}
    </ul>
    ${
      batches.length > shown.length &&
      html`<${Button} onClick=${() => setWhole(true)}>Show all ${number(batches.length)}<//>`
    }
  <//>`;
}

/** When a batch is there. */
export function Arrival({ batch: { eta } }) {
  if (eta === null) return html`<${Tag} kind="good">in the warehouse<//>`;
  return html`<${Tag} kind=${eta < today() ? 'bad' : ''}>${where(eta)}<//>`;
}

function Waiting({ sku, waiting, size }) {
  return html`<${Section} title=${`${count(size.lines, 'line')} waiting for ${pieces(size.pieces)}`}>
    <div class="scroll" tabindex="0" role="region" aria-label="Wait-list">
      <table>
        <thead>
          <tr>
            <th scope="col">Place</th>
            <th scope="col">Order</th>
            <th scope="col" class="n">Pieces</th>
            <th scope="col" class="n">Priority</th>
            <th scope="col"><span class="sr">More</span></th>
          </tr>
        </thead>
        <tbody>
          ${waiting.map(
            ({ place, orderId, qty, priority }) =>
              html`<tr key=${orderId}>
                <td>${number(place)}</td>
                <td><${Link} href=${to('order', orderId)}>${orderId}<//></td>
                <td class="n">${number(qty)}</td>
                <td class="n">${number(priority)}</td>
                <td class="n">
                  <a
                    href="${to('explain')}?${new URLSearchParams({ sku, qty, order: orderId })}"
                    aria-label=${`Why does ${orderId} wait?`}
                    >why?</a
                  >
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${size.lines > waiting.length && html`<p class="hint">The first ${number(waiting.length)} of them.</p>`}
  <//>`;
}

/**
 * A ledger, the newest movement first: when, how many, why, and who.
 * @param older shows older ones, too
 * @param steps of a SKU: what came into the warehouse or left it by each movement, by its number, and what was there then
 */
export function Movements({ movements: { items, next }, older, steps }) {
  if (items.length === 0) return html`<${Empty}>Nothing has moved for as long as events are kept.<//>`;
  // On a narrow screen rows are shown as blocks; what they are is said to screen readers all the same.
  const head = (title, kind) => html`<th role="columnheader" scope="col" class=${kind}>${title}</th>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Movements, the newest first">
      <table role="table" class="movements">
        <thead role="rowgroup">
          <tr role="row">
            ${head('When')}${head('Pieces', 'n')}${steps && head('On hand', 'n')}${head('Why')}${steps && head('Batch')}${head('Who')}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${items.map((movement) => html`<${Movement} key=${movement.sequence} movement=${movement} known=${steps?.get(movement.sequence)} />`)}
        </tbody>
      </table>
    </div>
    ${next && html`<${Button} label="Older movements" onClick=${older}>Older<//>`}`;
}

/** What of a movement its pieces do not say, since others came with them, or none: those of an arrival are more or fewer than expected. */
function besides({ reason, pieces }, known) {
  if (pieces === 0) return undefined;
  const change = `${number(Math.abs(pieces))} ${pieces > 0 ? 'more' : 'fewer'}`;
  if (reason === 'arrived') return `${change} than expected`;
  return known?.step === 0 ? `${change} on the way` : undefined;
}

/** @param known of a SKU: the pieces that came into the warehouse by it or left it, and those that were there then */
function Movement({ movement, known }) {
  const { occurredAt, reason, note, batchRef } = movement;
  const pieces = known?.step ?? movement.pieces;
  return html`<tr role="row">
    <td role="cell">
      <time datetime=${occurredAt} title=${relative(occurredAt)}>${instant(occurredAt)}</time>
    </td>
    <td role="cell" class="n ${pieces < 0 ? 'less' : pieces > 0 ? 'plus' : ''}">
      ${pieces > 0 ? '+' : ''}${number(pieces)}
    </td>
    ${known && html`<td role="cell" class="n level">${number(known.level)}</td>`}
    <td role="cell" class="why">
      ${reason}${[besides(movement, known), note].map((said) => said && html`<span class="note">${said}</span>`)}
    </td>
    ${known && html`<td role="cell"><${Link} href=${to('batch', batchRef)}>${batchRef}<//></td>`}
    <td role="cell" class="who"><${Who} movement=${movement} /></td>
  </tr>`;
}

/** The order that took pieces and the key by which they moved; where that is not known, the request, as events name it. */
function Who({ movement: { orderId, keyName, correlationId } }) {
  const isLong = /^[\da-f]{8}-[\da-f-]{27}$/.test(correlationId);
  return html`${orderId && html`<${Link} href=${to('order', orderId)}>${orderId}<//>`}
  ${keyName && html`${orderId && ', by '}<span title=${`Request ${correlationId}`}>${keyName}</span>`}
  ${
    !orderId &&
    !keyName &&
    correlationId &&
    html`<span title=${`Request ${correlationId}`}
      >request ${isLong ? `…${correlationId.slice(-8)}` : correlationId}</span
    >`
  }`;
}
