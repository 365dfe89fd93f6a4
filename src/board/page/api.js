// The public API, as the board calls it: by paths relative to the page, so that it works under any path of a gateway.

/** Where the API is: the page lies beside it. */
const root = new URL('.', document.baseURI);

export const apiUrl = (path) => new URL(path, root);

/** What the service refused, as it says itself (RFC 9457); or that it did not answer. */
export class Problem extends Error {
  constructor({ status = 0, type = '', title = 'No answer', detail = '', errors = [], ...more }) {
    super(detail || title);
    Object.assign(this, { status, type, title, detail, errors, more });
  }

  /** Which problem it is, such as `batch-changed`. */
  get kind() {
    return this.type.split('/').at(-1);
  }

  /** Whether nobody knows if it was done. */
  get isUnanswered() {
    return this.status === 0;
  }
}

const NO_ANSWER = {
  title: 'The service does not answer',
  detail: 'It may be starting, or the network is down. The board goes on trying.',
};

/** Called when the session has ended. */
let onSignedOut = () => {};
export const whenSignedOut = (listener) => (onSignedOut = listener);

async function request(method, path, { body, headers = {}, signal } = {}) {
  let response;
  try {
    response = await fetch(apiUrl(path), {
      method,
      signal,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(NO_ANSWER);
  }
  if (response.ok || response.status === 304) return response;
  const problem = new Problem({
    status: response.status,
    ...(await response.json().catch(() => ({ title: `Status ${response.status}` }))),
  });
  if (problem.status === 401 && path !== 'v1/session') onSignedOut();
  throw problem;
}

/**
 * Asks for something.
 * @param path such as 'v1/skus'; names in it are encoded by `path`
 * @returns what was answered, from JSON
 * @throws Problem
 */
export async function get(path, { signal } = {}) {
  return (await request('GET', path, { signal })).json();
}

/** The same with its ETag; `data` is undefined when that is still `known`. */
export async function getTagged(path, known, { signal } = {}) {
  const headers = known ? { 'if-none-match': known } : {};
  const response = await request('GET', path, { signal, headers });
  const data = response.status === 304 ? undefined : await response.json();
  return { data, etag: response.headers.get('etag') };
}

/** A path of the API with names in it, which may have any characters. */
export const path = (strings, ...names) =>
  String.raw({ raw: strings }, ...names.map((name) => encodeURIComponent(name)));

/** Names a wish, so that one that is sent twice is carried out once. `randomUUID` is there on HTTPS and loopback only. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

/**
 * Has something done.
 * @param key of the wish: the same when it is sent again
 * @param ifMatch the ETag under which what is to be changed is known
 * @returns the answer's body, if any, the id of the request, and whether an earlier one had done it already
 * @throws Problem
 */
export async function send(method, path, body, { key = newKey(), ifMatch } = {}) {
  const headers = { 'idempotency-key': `"${key}"`, ...(ifMatch ? { 'if-match': ifMatch } : {}) };
  const response = await request(method, path, { body, headers });
  const text = await response.text();
  return {
    body: text ? JSON.parse(text) : undefined,
    requestId: response.headers.get('x-request-id'),
    isRepeated: response.headers.has('idempotent-replayed'),
  };
}

/** Asks for what a question with a body has as its answer. Nothing is changed by it. @throws Problem */
export async function ask(path, body, { signal } = {}) {
  return (await request('POST', path, { body, signal })).json();
}

/** Says to the feed which SKUs are meant, as a part of a query; it takes a hundred at most. */
export const skusOf = (skus) =>
  [...new Set(skus)]
    .slice(0, 100)
    .map((sku) => `&sku=${encodeURIComponent(sku)}`)
    .join('');

/** The place in the feed of events from which on whatever happens next is told. */
export async function placeNow() {
  return (await get('v1/events?after=now&limit=1')).next;
}

/** Events are there within a fraction of a second, unless the service has its hands full. */
const CAUSED_WITHIN_MS = 10_000;

/**
 * What a request has caused, read from the feed: who got what, lost what, was moved where.
 * @param after the place in the feed before the request
 * @param skus that it was about
 * @returns the events, in their order; none when they do not come within some seconds
 */
export async function caused(requestId, after, skus) {
  const events = [];
  const until = Date.now() + CAUSED_WITHIN_MS;
  while (Date.now() < until) {
    const wait = events.length > 0 ? 0 : 5;
    const page = await get(`v1/events?after=${after}&limit=1000&wait=${wait}${skusOf(skus)}`);
    after = page.next;
    const mine = page.events.filter(({ correlationid }) => correlationid === requestId);
    events.push(...mine);
    if (events.length > 0 && mine.length === 0) break;
  }
  return events;
}
