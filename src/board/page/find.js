import { get, path } from './api.js';
import { html, to, useEffect, useRef, useState } from './kit.js';

/** How long after the last key the search begins, in milliseconds. */
const PAUSE_MS = 60;

/** Finds a SKU, a batch, an order or an event by what one has in hand. `/` leads here from anywhere. */
export function Find() {
  const [text, setText] = useState('');
  const [found, setFound] = useState();
  const [chosen, setChosen] = useState(0);
  const input = useRef(null);

  useEffect(() => {
    const onKey = (event) => {
      const isTyping = event.target.closest?.('input, textarea, select, dialog');
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      input.current.focus();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);

  useEffect(() => {
    const wanted = text.trim();
    if (wanted === '') return setFound(undefined);
    const abort = new AbortController();
    const timer = setTimeout(() => {
      get(path`v1/search?q=${wanted}`, abort).then(
        ({ items }) => (setFound(items), setChosen(0)),
        () => abort.signal.aborted || setFound([]),
      );
    }, PAUSE_MS);
    return () => (clearTimeout(timer), abort.abort());
  }, [text]);

  const close = () => (setText(''), setFound(undefined), input.current.blur());
  const go = ({ kind, id }) => {
    location.hash = to(kind, id);
    close();
  };
  const onKeyDown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') close();
    else if (step && found?.length > 0) setChosen((chosen + step + found.length) % found.length);
    else if (event.key === 'Enter' && found?.[chosen]) go(found[chosen]);
    else return;
    event.preventDefault();
  };
  const isOpen = found !== undefined;
  return html`<div class="find" role="search">
    <input
      ref=${input}
      type="search"
      role="combobox"
      aria-label="Find a SKU, batch, order or event"
      aria-expanded=${isOpen ? 'true' : 'false'}
      aria-controls="found"
      aria-autocomplete="list"
      aria-activedescendant=${isOpen && found.length > 0 ? `found-${chosen}` : undefined}
      placeholder="Find SKU, batch, order, event"
      autocomplete="off"
      spellcheck=${false}
      value=${text}
      onInput=${(event) => setText(event.target.value)}
      onKeyDown=${onKeyDown}
      onBlur=${() => setTimeout(() => setFound(undefined), 150)}
    />
    <ul id="found" role="listbox" aria-label="Found" hidden=${!isOpen || found.length === 0}>
      ${found?.map(
        (item, index) =>
          html`<li
            key=${item.kind + item.id}
            id="found-${index}"
            role="option"
            aria-selected=${index === chosen ? 'true' : 'false'}
            onMouseDown=${(event) => (event.preventDefault(), go(item))}
          >
            <span class="kind">${item.kind}</span>${' '}
            <span class="name">${item.kind === 'event' ? item.type : item.id}</span>${' '}
            ${item.kind !== 'sku' && item.sku && html`<span class="muted">${item.sku}</span>`}
          </li>`,
      )}
    </ul>
    ${isOpen && found.length === 0 && html`<p class="nothing" role="status">Nothing begins like that.</p>`}
  </div>`;
}
