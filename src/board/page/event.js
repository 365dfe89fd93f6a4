import { get, path } from './api.js';
import { instant } from './format.js';
import { html, Link, Loaded, Section, to, useLoad } from './kit.js';
import { say, typeOf } from './words.js';

/** One event of the log, as it was told to everybody. */
export function EventPage({ id }) {
  const loaded = useLoad((signal) => get(path`v1/events/${id}`, { signal }), [id]);
  return html`
    <div class="page-head">
      <div>
        <p class="kicker">Event</p>
        <h1>${loaded.data ? typeOf(loaded.data) : id}</h1>
      </div>
    </div>
    <${Loaded} of=${loaded}>
      ${(event) => {
        const { who, isOrder, what } = say(event);
        return html`<${Section} title="What happened">
            <p><${Link} href=${to(isOrder ? 'order' : 'batch', who)}>${who}<//> ${what}</p>
            <dl class="list">
              <div>
                <dt>SKU</dt>
                <dd><${Link} href=${to('sku', event.subject)}>${event.subject}<//></dd>
              </div>
              <div>
                <dt>When</dt>
                <dd>${instant(event.time)}</dd>
              </div>
              <div>
                <dt>Number of the SKU</dt>
                <dd>${Number(event.sequence)}</dd>
              </div>
              <div>
                <dt>Request</dt>
                <dd class="name">${event.correlationid}</dd>
              </div>
              <div>
                <dt>Id</dt>
                <dd class="name">${event.id}</dd>
              </div>
            </dl>
          <//>
          <${Section} title="Its data">
            <pre tabindex="0" aria-label="Data of the event">${JSON.stringify(event.data, null, 2)}</pre>
          <//>`;
      }}
    <//>
  `;
}
