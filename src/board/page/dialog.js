// A dialog that has something done by the public API, and says afterwards what happened, and to whom.
import { caused, newKey, placeNow, send } from './api.js';
import { Button, html, Link, to, Trouble, useEffect, useId, useRef, useState } from './kit.js';
import { count } from './format.js';
import { say } from './words.js';

/** Things that happened that are listed at most; of more it is said how many. */
const MOST_SAID = 12;

/** Whether the service will say the same as long as the wish has the same key: it keeps such answers. */
const isDecided = ({ status, kind }) =>
  [400, 404, 409, 410, 412, 422].includes(status) && kind !== 'idempotency-key-in-use';

/**
 * @param action what is to be done:
 *   title; fields ({name, label, type, value, hint, options, required, min, max}); verb of its button; danger;
 *   request(values) → {method, path, body, skus}; etagOf → path of what If-Match is asked of;
 *   preview(values) → what it would mean, or nothing to show; note
 * @param onClose gets whether anything was done
 */
export function ActionDialog({ action, onClose }) {
  const dialog = useRef(null);
  const closing = useRef(null);
  const id = useId();
  const [values, setValues] = useState(() =>
    Object.fromEntries((action.fields ?? []).map(({ name, value = '' }) => [name, value])),
  );
  const [state, setState] = useState({ at: 'asking' });
  const [seen, setSeen] = useState();
  // The wish has one key for as long as it is the same wish.
  const wish = useRef({ key: newKey(), said: '' });

  useEffect(() => {
    dialog.current.showModal();
    // A link in it leads to another page, which it must not stand before.
    const onLeave = () => dialog.current?.close();
    addEventListener('hashchange', onLeave);
    return () => removeEventListener('hashchange', onLeave);
  }, []);

  // Nobody takes anything away before what that would mean is shown.
  const isUnseen = action.danger && action.preview !== undefined && seen !== JSON.stringify(values);
  const submit = async (event) => {
    event.preventDefault();
    if (isUnseen || state.at === 'doing' || state.at === 'done') return;
    setState({ at: 'doing' });
    try {
      const request = action.request(values);
      const said = JSON.stringify(request);
      if (wish.current.said !== said) wish.current = { key: newKey(), said };
      const after = await placeNow().catch(() => undefined);
      const { key } = wish.current;
      const answer = await send(request.method, request.path, request.body, { key, ifMatch: action.ifMatch });
      setState({ at: 'done', answer: answer.body });
      const events = answer.isRepeated
        ? 'before'
        : after
          ? await caused(answer.requestId, after, request.skus ?? []).catch(() => 'unknown')
          : 'unknown';
      setState({ at: 'done', answer: answer.body, events });
    } catch (problem) {
      // Sent again it is a new wish, since things may be otherwise by then.
      if (isDecided(problem)) wish.current = { key: newKey(), said: '' };
      setState({ at: 'asking', problem });
    }
  };

  const isDone = state.at === 'done';
  // What had the focus is gone.
  useEffect(() => closing.current?.focus(), [isDone]);
  const errors = Object.fromEntries(
    (state.problem?.errors ?? []).map(({ field, message }) => [field, message]),
  );
  const close = () => dialog.current.close();
  return html`<dialog ref=${dialog} aria-labelledby=${id} onClose=${() => onClose(isDone)}>
    <form onSubmit=${submit} novalidate>
      <header><h2 id=${id}>${action.title}</h2></header>
      ${!isDone && action.note && html`<p class="hint">${action.note}</p>`}
      ${
        !isDone &&
        action.fields?.map(
          (field) =>
            html`<${Field}
              field=${field}
              value=${values[field.name]}
              error=${errors[field.name]}
              onChange=${(value) => setValues((all) => ({ ...all, [field.name]: value }))}
            />`,
        )
      }
      ${!isDone && action.preview && html`<${Preview} of=${action.preview} values=${values} onShown=${setSeen} />`}
      ${state.problem && html`<${Refusal} problem=${state.problem} fields=${action.fields ?? []} />`}
      ${isDone && html`<${Outcome} action=${action} state=${state} />`}
      <footer>
        ${
          isDone
            ? html`<button type="button" class="button primary" ref=${closing} onClick=${close}>
                Close
              </button>`
            : html`<${Button} onClick=${close}>Cancel<//>
                <button
                  type="submit"
                  class="button ${action.danger ? 'danger' : 'primary'}"
                  aria-disabled=${isUnseen || state.at === 'doing' ? 'true' : undefined}
                >
                  ${state.at === 'doing' ? 'Working …' : state.problem?.isUnanswered ? 'Try again' : action.verb}
                </button>`
        }
      </footer>
    </form>
  </dialog>`;
}

/** Why it was not done. What is wrong with a field is said there. */
function Refusal({ problem, fields }) {
  const isMarked =
    problem.errors.length > 0 &&
    problem.errors.every(({ field }) => fields.some(({ name }) => name === field));
  if (!isMarked) return html`<${Trouble} error=${problem} />`;
  return html`<p class="error" role="alert">Nothing was done. Correct what is marked.</p>`;
}

function Field({ field, value, error, onChange }) {
  const id = useId();
  const { label, type = 'text', hint, options, ...more } = field;
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined;
  const common = {
    id,
    name: field.name,
    'aria-describedby': described,
    'aria-invalid': error ? 'true' : undefined,
  };
  const isCheck = type === 'checkbox';
  const input = options
    ? html`<select ...${common} value=${value} onChange=${(event) => onChange(event.target.value)}>
        ${options.map((option) => html`<option value=${option}>${option}</option>`)}
      </select>`
    : type === 'lines'
      ? html`<textarea
          ...${common}
          rows="4"
          spellcheck=${false}
          value=${value}
          onInput=${(event) => onChange(event.target.value)}
        ></textarea>`
      : isCheck
        ? html`<input
            ...${common}
            type="checkbox"
            checked=${value}
            onChange=${(event) => onChange(event.target.checked)}
          />`
        : html`<input
            ...${common}
            type=${type}
            value=${value}
            min=${more.min}
            max=${more.max}
            required=${more.required}
            autocomplete="off"
            spellcheck=${false}
            onInput=${(event) => onChange(event.target.value)}
          />`;
  return html`<div class="field ${isCheck ? 'check' : ''}">
    <label for=${id}>${label}</label>${input} ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
    ${error && html`<p class="error" id="${id}-error">${error}</p>`}
  </div>`;
}

/**
 * What would happen, asked for a moment after the last key.
 * @param onShown gets the values, as JSON, whose preview is shown, or why there is none
 */
function Preview({ of, values, onShown }) {
  const [shown, setShown] = useState();
  const wanted = JSON.stringify(values);
  useEffect(() => {
    const abort = new AbortController();
    const show = (what) => {
      if (abort.signal.aborted) return;
      setShown(what);
      onShown(wanted);
    };
    const timer = setTimeout(() => {
      Promise.resolve(of(values, abort.signal)).then(
        (preview) => show({ preview }),
        (error) => show({ error }),
      );
    }, 150);
    return () => (clearTimeout(timer), abort.abort());
  }, [wanted]);
  if (shown?.error) return html`<p class="preview" role="status">${shown.error.message}</p>`;
  return html`<div class="preview" role="status">${shown?.preview}</div>`;
}

function Outcome({ action, state: { events, answer } }) {
  const special = action.outcome?.(answer);
  return html`<div class="outcome" role="status">
    <p class="done">${special ?? 'Done.'}</p>
    ${special === undefined && events === undefined && html`<p class="loading">Looking for what it changed …</p>`}
    ${events === 'before' && html`<p>It had been done when it was sent before.</p>`}
    ${events === 'unknown' && special === undefined && html`<p>What it changed could not be looked up.</p>`}
    ${events?.length === 0 && special === undefined && html`<p>Nothing is known to have changed by it.</p>`}
    ${Array.isArray(events) && events.length > 0 && html`<${Happened} events=${events} />`}
  </div>`;
}

/** What events say, with links to whom they are about. */
export function Happened({ events }) {
  return html`<ul class="happened">
    ${events.slice(0, MOST_SAID).map((event) => {
      const { who, isOrder, what } = say(event);
      const href = isOrder ? to('order', who) : to('batch', who);
      return html`<li><${Link} href=${href}>${who}<//> ${what}</li>`;
    })}
    ${events.length > MOST_SAID && html`<li>and ${count(events.length - MOST_SAID, 'more thing')}</li>`}
  </ul>`;
}
