import { render } from 'preact';
import { whenSignedOut } from './api.js';
import { BatchPage } from './batch.js';
import { ActionDialog } from './dialog.js';
import { EventPage } from './event.js';
import { ExplainPage } from './explain.js';
import { Find } from './find.js';
import { Button, html, Trouble, useEffect, useId, useRef, useState } from './kit.js';
import { OrderPage } from './order.js';
import { OverviewPage } from './overview.js';
import { ServicePage } from './service.js';
import { loadSession, may, signIn, signOut } from './session.js';
import { SkuPage } from './sku.js';

/** The page that the address names: `#/sku/SMALL-TABLE`, or with a query, `#/explain?sku=SMALL-TABLE`. */
function pageOfAddress() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const parts = path.split('/').map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  return { name: parts[0], id: parts[1] ?? '', query: new URLSearchParams(query) };
}

function useAddress() {
  const [page, setPage] = useState(pageOfAddress);
  useEffect(() => {
    const onChange = () => setPage(pageOfAddress());
    addEventListener('hashchange', onChange);
    return () => removeEventListener('hashchange', onChange);
  }, []);
  return page;
}

/** As the page is before it has run anything: so nothing moves when it does. */
const LOADING = html`
  <header class="top"><span class="brand">Stock</span></header>
  <main><p class="loading" role="status">Loading …</p></main>
`;

function App() {
  const [session, setSession] = useState({ state: 'loading' });
  const look = () =>
    loadSession().then(
      (data) => setSession({ state: 'in', data }),
      (error) => setSession(error.status === 401 ? { state: 'out', error } : { state: 'failed', error }),
    );
  useEffect(() => {
    whenSignedOut(() => setSession({ state: 'out' }));
    void look();
  }, []);
  if (session.state === 'loading') return LOADING;
  if (session.state === 'failed')
    return html`<main class="alone"><${Trouble} error=${session.error} retry=${look} /></main>`;
  if (session.state === 'out') return html`<${SignIn} onDone=${look} />`;
  return html`<${Board} session=${session.data} onSignOut=${() => signOut().then(look)} />`;
}

function SignIn({ onDone }) {
  const id = useId();
  const [key, setKey] = useState('');
  const [error, setError] = useState();
  const submit = (event) => {
    event.preventDefault();
    signIn(key.trim()).then(onDone, setError);
  };
  return html`<main class="alone">
    <form class="card" onSubmit=${submit}>
      <h1>Stock</h1>
      <p class="hint">
        Type in your key once. The browser keeps it until it is closed, where no page can read it.
      </p>
      <div class="field">
        <label for=${id}>Key</label>
        <input
          id=${id}
          type="password"
          autocomplete="off"
          placeholder="sak_…"
          required
          value=${key}
          onInput=${(event) => setKey(event.target.value)}
        />
      </div>
      ${error && html`<${Trouble} error=${error} />`}
      <button type="submit" class="button primary">Sign in</button>
      <p class="hint">Whoever runs the service makes keys: <code>stock-allocation keys create</code></p>
    </form>
  </main>`;
}

function Board({ session, onSignOut }) {
  const page = useAddress();
  const [doing, setDoing] = useState();
  const main = useRef(null);
  const isFirst = useRef(true);
  const act = (action, afterwards) => setDoing({ action, afterwards });
  const close = (isDone) => {
    setDoing(undefined);
    if (isDone) doing.afterwards?.();
  };
  useEffect(() => {
    document.title = [page.id, 'Stock'].filter(Boolean).join(' · ');
    // Who reads with a screen reader, or goes by keyboard, begins with the new page.
    if (!isFirst.current) main.current.focus();
    isFirst.current = false;
    scrollTo(0, 0);
  }, [page.name, page.id]);
  const tabs = [
    ['', 'Overview', 'read'],
    ['explain', 'Explain', 'read'],
    ...session.panels.map(({ name, title }) => [`panel/${name}`, title, 'read']),
    ['service', 'Service', 'admin'],
  ].filter(([, , scope]) => may(scope));
  const isHere = (tab) => (tab.startsWith('panel/') ? `${page.name}/${page.id}` === tab : page.name === tab);
  return html`
    <a class="skip" href="#main" onClick=${(event) => (event.preventDefault(), main.current.focus())}
      >Skip to the page</a
    >
    <header class="top">
      <a class="brand" href="#/">Stock</a>
      <nav aria-label="Pages">
        ${tabs.map(([tab, title]) => html`<a href="#/${tab}" aria-current=${isHere(tab) ? 'page' : undefined}>${title}</a>`)}
      </nav>
      ${may('read') && html`<${Find} />`}
      ${
        session.name !== null &&
        html`<span class="session"
          ><span class="muted" title=${session.scopes.join(', ')}>${session.name}</span>
          <${Button} onClick=${onSignOut}>Sign out<//></span
        >`
      }
    </header>
    <main id="main" tabindex="-1" ref=${main}>
      ${
        may('read')
          ? html`<${Page} page=${page} act=${act} session=${session} />`
          : html`<p class="empty">
              This key may not look at anything: it lacks the scope read. It has:${' '}
              ${session.scopes.join(', ')}.
            </p>`
      }
    </main>
    ${doing && html`<${ActionDialog} action=${doing.action} onClose=${close} />`}
  `;
}

function Page({ page: { name, id, query }, act, session }) {
  if (name === '') return html`<${OverviewPage} act=${act} />`;
  if (name === 'explain') return html`<${ExplainPage} query=${query} />`;
  if (name === 'service' && may('admin')) return html`<${ServicePage} act=${act} />`;
  if (id !== '') {
    if (name === 'sku') return html`<${SkuPage} key=${id} sku=${id} act=${act} />`;
    if (name === 'batch') return html`<${BatchPage} key=${id} reference=${id} act=${act} />`;
    if (name === 'order') return html`<${OrderPage} key=${id} orderId=${id} act=${act} />`;
    if (name === 'event') return html`<${EventPage} key=${id} id=${id} />`;
    if (name === 'panel' && session.panels.some((panel) => panel.name === id))
      return html`<${Panel} key=${id} name=${id} query=${query} act=${act} />`;
  }
  return html`<div class="page-head">
    <div>
      <h1>There is no such page</h1>
      <p class="lead"><a href="#/">To the overview</a></p>
    </div>
  </div>`;
}

/** A page that a module brings, loaded when it is first looked at. */
function Panel({ name, query, act }) {
  const [state, setState] = useState({});
  useEffect(() => {
    import(`./panel-${name}.js`).then(
      (module) => setState({ Component: module.default }),
      (error) => setState({ error }),
    );
  }, [name]);
  if (state.error) return html`<${Trouble} error=${state.error} />`;
  if (!state.Component) return html`<p class="loading" role="status">Loading …</p>`;
  return html`<${state.Component} query=${query} act=${act} />`;
}

const place = document.getElementById('board');
place.replaceChildren();
render(html`<${App} />`, place);
