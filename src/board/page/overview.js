import { getTagged } from './api.js';
import { createBatch, placeOrder } from './actions.js';
import { Spark } from './charts.js';
import {
  Button,
  day,
  Empty,
  html,
  instant,
  Link,
  relative,
  Section,
  short,
  Tag,
  to,
  Trouble,
  useEffect,
  useState,
} from './kit.js';
import { may } from './session.js';

/** The overview is looked at so often, in milliseconds, while somebody sees it. The service makes it for all at once. */
const PACE_MS = 2_000;

/** Where a notice leads to. */
const hrefOf = ({ kind, id }) =>
  ({ sku: to('sku', id), batch: to('batch', id), order: to('order', id) })[kind] ?? to('service');

/** What is said where there is nothing of a sort. */
const ALL_WELL = {
  'out-of-stock': 'Something is left of every SKU.',
  overdue: 'Every ship is on time.',
  expiring: 'No reservation ends within a quarter of an hour.',
  webhooks: 'Every endpoint takes what it is sent.',
  'dead-letters': 'Every event has reached its handlers.',
  mails: 'Every mail was sent.',
  readers: 'Every reader is up to date.',
};

function useOverview() {
  const [state, setState] = useState({});
  useEffect(() => {
    const abort = new AbortController();
    let [timer, etag] = [undefined, undefined];
    const look = async () => {
      clearTimeout(timer);
      if (document.visibilityState === 'visible') {
        try {
          const { data, etag: newest } = await getTagged('v1/overview', etag, abort);
          etag = newest;
          setState((before) => ({ data: data ?? before.data }));
        } catch (error) {
          if (abort.signal.aborted) return;
          setState(({ data }) => ({ data, error }));
        }
      }
      if (!abort.signal.aborted) timer = setTimeout(look, PACE_MS);
    };
    document.addEventListener('visibilitychange', look);
    void look();
    return () => {
      abort.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
  return state;
}

export function OverviewPage({ act }) {
  const { data, error } = useOverview();
  const waits = data?.attention.reduce((sum, { items }) => sum + items.length, 0);
  return html`
    <div class="page-head">
      <div>
        <h1>Overview</h1>
        <p class="lead" role="status">
          ${waits === undefined ? ' ' : waits === 0 ? 'Nothing needs you right now.' : 'This needs a person now.'}
        </p>
      </div>
      <div class="actions">
        ${may('stock') && html`<${Button} onClick=${() => act(createBatch())}>New batch<//>`}
        ${may('orders') && html`<${Button} kind="primary" onClick=${() => act(placeOrder())}>New order<//>`}
      </div>
    </div>
    ${error && html`<${Trouble} error=${error} />`}
    ${
      data === undefined
        ? !error && html`<p class="loading" role="status">Loading …</p>`
        : html`<${Figures} figures=${data.figures} /><${Needs} attention=${data.attention} />`
    }
  `;
}

const Figures = ({ figures }) =>
  html`<div class="figures">
    <${Spark} title="Allocations" values=${figures.allocations} unit="a second" />
    <${Spark} title="Conflicts" values=${figures.conflicts} unit="a second" tone="warn" />
    <${Spark} title="Answers, 99 of 100" values=${figures.p99} unit="ms" tone="calm" />
  </div>`;

/** What needs somebody, and below it, in short, what does not. */
function Needs({ attention }) {
  const needing = attention.filter(({ items, failed }) => items.length > 0 || failed);
  const well = attention.filter((section) => !needing.includes(section));
  return html`
    ${
      needing.length > 0 &&
      html`<div class="columns">
        ${needing.map((section) => html`<${Attention} key=${section.name} section=${section} />`)}
      </div>`
    }
    ${
      well.length > 0 &&
      html`<${Section} title="All is well">
        <ul class="well">
          ${well.map(({ name, title }) => html`<li>${ALL_WELL[name] ?? `${title}: nothing.`}</li>`)}
        </ul>
      <//>`
    }
  `;
}

function Attention({ section: { title, items, more, failed } }) {
  const heading = html`${title}${' '}
  ${items.length > 0 && html`<${Tag} kind="count">${items.length}${more && '+'}<//>`}`;
  return html`<${Section} title=${heading}>
    ${
      failed
        ? html`<${Empty}>This could not be looked at just now.<//>`
        : html`<ul class="notices">
            ${items.map((notice) => html`<${Notice} key=${notice.kind + notice.id + notice.sku} notice=${notice} />`)}
          </ul>`
    }
  <//>`;
}

function Notice({ notice }) {
  const { id, kind, sku, text, when } = notice;
  const name = kind === 'webhook' || kind === 'dead-letter' ? (sku ?? 'look at it') : id;
  const about = sku && kind !== 'dead-letter' ? `${short(sku)} · ${text}` : text;
  return html`<li>
    <span class="what"
      ><${Link} href=${hrefOf(notice)}>${name}<//>${' '}<span class="text">${about}</span></span
    >${' '}
    ${when && html`<time datetime=${when} title=${when.length === 10 ? day(when) : instant(when)}>${relative(when)}</time>`}
  </li>`;
}
