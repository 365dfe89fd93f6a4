import { get, path } from './api.js';
import { html, to, useEffect, useRef, useState } from './kit.js';

/** How long after the last key the search begins, in milliseconds. */
const PAUSE_MS = 60;

/** Finds a SKU, a batch, an order or an event by what one has in hand. `/` leads here from anywhere. */
export function Find() {
  // What is looked for, and whether Enter was pressed, so that the first result is gone to as soon as it is known.
  const [wish, setWish] = useState({ text: '', isEntered: false });
  // What was found, or why nothing could be, and for which text: the answer may come later than the next key.
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
    const text = wish.text.trim();
    if (text === '') return setFound(undefined);
    const abort = new AbortController();
    const look = () =>
      get(path`v1/search?q=${text}`, abort).then(
        ({ items }) => {
          if (abort.signal.aborted) return;
          if (wish.isEntered && items.length > 0) return go(items[0]);
          setFound({ text, items });
          setChosen(0);
        },
        (error) => abort.signal.aborted || setFound({ text, items: [], error }),
      );
    const timer = setTimeout(look, wish.isEntered ? 0 : PAUSE_MS);
    return () => (clearTimeout(timer), abort.abort());
  }, [wish]);

  const close = () => (setWish({ text: '', isEntered: false }), setFound(undefined), input.current.blur());
  const go = ({ kind, id }) => {
    location.hash = to(kind, id);
    close();
  };
  const onKeyDown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') close();
    else if (step && items.length > 0) setChosen((chosen + step + items.length) % items.length);
    else if (event.key === 'Enter' && !event.repeat) enter(event.currentTarget.value);
    else return;
    event.preventDefault();
  };
  // A scanner types and presses Enter before there is an answer.
  const enter = (text) => {
    const isKnown = found?.text === text.trim() && !found.error;
    if (!isKnown) setWish({ text, isEntered: true });
    else if (items.length > 0) go(items[chosen]);
  };
  // A scanner may be back at once.
  const leave = () => document.activeElement === input.current || setFound(undefined);
  const isOpen = found !== undefined;
  const items = found?.items ?? [];
  return html`<div class="find" role="search">
    <input
      ref=${input}
      type="search"
      maxlength="255"
      role="combobox"
      aria-label="Find a SKU, batch, order or event"
      aria-expanded=${isOpen ? 'true' : 'false'}
      aria-controls="found"
      aria-autocomplete="list"
      aria-activedescendant=${items.length > 0 ? `found-${chosen}` : undefined}
      placeholder="Find SKU, batch, order, event"
      autocomplete="off"
      spellcheck=${false}
      value=${wish.text}
      onInput=${(event) => setWish({ text: event.target.value, isEntered: false })}
      onKeyDown=${onKeyDown}
      onBlur=${() => setTimeout(leave, 150)}
    />
    <ul id="found" role="listbox" aria-label="Found" hidden=${items.length === 0}>
      ${items.map(
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
    ${found?.error && html`<p class="nothing" role="alert">${found.error.title}. Press Enter to try again.</p>`}
    ${isOpen && !found.error && items.length === 0 && html`<p class="nothing" role="status">Nothing begins like that.</p>`}
  </div>`;
}
