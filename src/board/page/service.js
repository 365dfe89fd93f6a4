import { get } from './api.js';
import { replayDeadLetter, testWebhook } from './actions.js';
import { useEvery } from './feed.js';
import { instant, number, relative } from './format.js';
import { Button, Empty, html, Link, Loaded, Section, Tag, to, useLoad } from './kit.js';

/** How often it is looked how things stand, in milliseconds: no event tells of them. */
const PACE_MS = 5_000;

/** Loads something, and again and again while somebody sees it. */
function useLive(path) {
  const loaded = useLoad((signal) => get(path, { signal }), []);
  useEvery(loaded.reload, PACE_MS);
  return loaded;
}

/** For those who run the service: who reads the log how far, what could not be delivered, and who is told by webhooks. */
export function ServicePage({ act }) {
  return html`
    <div class="page-head">
      <div>
        <h1>Service</h1>
        <p class="lead">How events get to whom they are for.</p>
      </div>
    </div>
    <${DeadLetters} act=${act} />
    <${Webhooks} act=${act} />
    <${Readers} />
  `;
}

function DeadLetters({ act }) {
  const loaded = useLive('v1/dead-letters?limit=100');
  return html`<${Section} title="Dead letters">
    <${Loaded} of=${loaded}>
      ${({ items }) =>
        items.length === 0
          ? html`<${Empty}>Every event has reached its handlers.<//>`
          : html`<ul class="lines">
              ${items.map(
                (letter) =>
                  html`<li key=${letter.handler + letter.eventId}>
                    <span class="what">
                      <span>
                        <b>${letter.handler}</b>${' '}
                        <${Link} href=${to('event', letter.eventId)}>${letter.type}<//> of${' '}
                        <${Link} href=${to('sku', letter.sku)}>${letter.sku}<//></span
                      >${' '}
                      <span class="text"
                        >${letter.error} ·${' '}
                        <time datetime=${letter.diedAt} title=${instant(letter.diedAt)}
                          >${relative(letter.diedAt)}</time
                        >, after ${number(letter.attempts)} attempts</span
                      >
                    </span>
                    <span class="actions"
                      ><${Button} onClick=${() => act(replayDeadLetter(letter), loaded.reload)}
                        >Deliver again<//
                      ></span
                    >
                  </li>`,
              )}
            </ul>`}
    <//>
  <//>`;
}

function Webhooks({ act }) {
  const loaded = useLive('v1/webhooks?limit=100');
  const tone = ({ enabled, failingSince }) => (!enabled ? 'bad' : failingSince ? 'warn' : 'good');
  const said = ({ enabled, failingSince, disabledBecause }) =>
    !enabled
      ? `disabled${disabledBecause ? `: ${disabledBecause}` : ''}`
      : failingSince
        ? `failing, ${relative(failingSince)}`
        : 'well';
  return html`<${Section} title="Webhooks">
    <${Loaded} of=${loaded}>
      ${({ items }) =>
        items.length === 0
          ? html`<${Empty}>Nobody has events posted to them. The API has POST /v1/webhooks for that.<//>`
          : html`<ul class="lines">
              ${items.map(
                (webhook) =>
                  html`<li key=${webhook.id}>
                    <span class="what"
                      ><b class="name">${webhook.url}</b>${' '}
                      <${Tag} kind=${tone(webhook)}>${said(webhook)}<//>${' '}
                      <span class="text"
                        >${`${webhook.types?.join(', ') ?? 'all types'}, ${webhook.skus?.join(', ') ?? 'all SKUs'}`}</span
                      >
                    </span>
                    <span class="actions"
                      ><${Button}
                        label=${`Send a test to ${webhook.url}`}
                        onClick=${() => act(testWebhook(webhook), loaded.reload)}
                        >Send a test<//
                      ></span
                    >
                  </li>`,
              )}
            </ul>`}
    <//>
  <//>`;
}

function Readers() {
  const loaded = useLive('v1/readers');
  return html`<${Section} title="Who reads the log, and how far">
    <${Loaded} of=${loaded}>
      ${({ items }) =>
        html`<div class="scroll" tabindex="0" role="region" aria-label="Readers">
          <table>
            <thead>
              <tr>
                <th scope="col">Reader</th>
                <th scope="col">Kind</th>
                <th scope="col" class="n">Behind</th>
                <th scope="col" class="n">Failing</th>
                <th scope="col" class="n">Dead letters</th>
              </tr>
            </thead>
            <tbody>
              ${items.map(
                ({ name, kind, lag, failing, deadLetters }) =>
                  html`<tr key=${name}>
                    <td class="name">${name}</td>
                    <td>${kind}</td>
                    <td class="n">${number(lag)}</td>
                    <td class="n">${number(failing)}</td>
                    <td class="n">${number(deadLetters)}</td>
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>`}
    <//>
  <//>`;
}
