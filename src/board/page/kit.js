// What the pages of the board are made of. Panels of modules import this file, and nothing else of the board.
import { h } from 'preact';
import { useCallback, useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import htm from 'htm';

export { useCallback, useEffect, useId, useMemo, useRef, useState };
export { ask, get, Problem, send } from './api.js';
export { useEvery } from './feed.js';
export { count, day, instant, pieces, relative } from './format.js';

/** Makes elements of what looks like HTML. Whatever is put in is text: nothing of it is ever read as HTML. */
export const html = htm.bind(h);

/** The address of a page within the board. */
export const to = (...parts) => `#/${parts.map(encodeURIComponent).join('/')}`;

/**
 * Loads something, and again when `deps` change or `reload` is called; what was there stays until the new is.
 * @param load gets an AbortSignal, which tells that its answer is not wanted any more
 */
export function useLoad(load, deps) {
  const [state, setState] = useState({ data: undefined, error: undefined, isLoading: true });
  const current = useRef(undefined);
  const reload = useCallback(() => {
    current.current?.abort();
    const abort = (current.current = new AbortController());
    return load(abort.signal).then(
      (data) => abort.signal.aborted || setState({ data, error: undefined, isLoading: false }),
      (error) => abort.signal.aborted || setState(({ data }) => ({ data, error, isLoading: false })),
    );
  }, deps);
  useEffect(() => {
    setState({ data: undefined, error: undefined, isLoading: true });
    void reload();
    return () => current.current?.abort();
  }, [reload]);
  return { ...state, reload };
}

/** A part of a page under a heading. */
export function Section({ title, actions, children, tone = '' }) {
  const id = useId();
  return html`<section class="card ${tone}" aria-labelledby=${id}>
    <header class="card-head">
      <h2 id=${id}>${title}</h2>
      ${actions && html`<div class="actions">${actions}</div>`}
    </header>
    ${children}
  </section>`;
}

/** What is shown where there is nothing: says why, and that this is fine, or what to do. */
export const Empty = ({ children }) => html`<p class="empty">${children}</p>`;

/** What went wrong, and what can be done about it. */
export function Trouble({ error, retry }) {
  return html`<div class="trouble" role="alert">
    <strong>${error.title ?? 'That did not work'}</strong>
    <p>${error.detail ?? error.message}</p>
    ${retry && html`<button type="button" class="button" onClick=${retry}>Try again</button>`}
  </div>`;
}

/** Shows what `useLoad` loaded, or that it is on its way, or why not. */
export function Loaded({ of, children }) {
  if (of.data === undefined && of.error) return html`<${Trouble} error=${of.error} retry=${of.reload} />`;
  if (of.data === undefined) return html`<p class="loading" role="status">Loading …</p>`;
  return html`${of.error && html`<${Trouble} error=${of.error} retry=${of.reload} />`} ${children(of.data)}`;
}

/** A name as it is shown among others: of a very long one the beginning and the end, which tell it from the rest. */
export const short = (name) => (name.length > 64 ? `${name.slice(0, 40)} … ${name.slice(-18)}` : name);

/** A link to a page of the board, called by a name. */
export const Link = ({ href, children: name }) =>
  html`<a class="name" href=${href} title=${short(name) === name ? undefined : name}>${short(name)}</a>`;

/** A button that does something. */
export const Button = ({ onClick, children, kind = '', disabled, label }) =>
  html`<button
    type="button"
    class="button ${kind}"
    disabled=${disabled}
    aria-label=${label}
    onClick=${onClick}
  >
    ${children}
  </button>`;

/** How something stands, in a word. */
export const Tag = ({ kind, children }) => html`<span class="tag ${kind ?? ''}">${children}</span>`;
