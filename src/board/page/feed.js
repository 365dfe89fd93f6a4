// What happens, as it happens: the service's feed of events.
import { useEffect, useRef, useState } from 'preact/hooks';
import { apiUrl, get, skusOf } from './api.js';
import { EVENT_TYPES, typeOf } from './words.js';

/** Pauses before a feed that was refused is opened anew, in milliseconds. */
const PAUSES = [500, 1000, 2000, 5000, 10_000];
/**
 * How long more events are waited for before the page is told, in milliseconds: a commit often has many. While things go
 * on happening it is longer each time, so that many pages of what is sold just now cost little.
 */
const DELAYS_MS = [120, 500, 1000, 2000, 5000];
/** After as long without anything it is as at first, in milliseconds. */
const QUIET_MS = 5_000;
/** Streams that all tabs of a browser may hold: it opens six connections to a service. */
const MOST_STREAMS = 4;
/** How often a page for which no stream is left asks what has happened, in milliseconds. */
const ASK_MS = 2_000;

const isSeen = () => document.visibilityState === 'visible';

const pause = (ms, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });

/**
 * Takes one of the streams that all tabs of the browser share, until the signal.
 * @returns whether there was one
 */
async function takeStream(signal) {
  // Browsers have locks on HTTPS and loopback only. Elsewhere only windows that are seen at once are in each other's way.
  if (!navigator.locks) return true;
  const take = (name) =>
    new Promise((resolve) => {
      const held = (lock) => {
        resolve(lock !== null && !signal.aborted);
        if (lock && !signal.aborted)
          return new Promise((release) => signal.addEventListener('abort', release, { once: true }));
      };
      navigator.locks.request(name, { ifAvailable: true }, held).catch(() => resolve(false));
    });
  for (let n = 1; n <= MOST_STREAMS; n += 1) if (await take(`${apiUrl('')} stream ${n}`)) return true;
  return false;
}

/** Calls back with whatever happens, by a stream of the service, until the signal. */
function stream(skus, signal, tell, setState) {
  let source;
  let timer;
  let failures = 0;
  const open = () => {
    source = new EventSource(apiUrl(`v1/events/stream?after=now${skusOf(skus)}`));
    source.onopen = () => {
      failures = 0;
      setState('live');
      tell();
    };
    source.onerror = () => {
      setState('connecting');
      // Else the browser connects again by itself.
      if (source.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(open, PAUSES[Math.min(failures++, PAUSES.length - 1)]);
    };
    for (const type of EVENT_TYPES) source.addEventListener(type, () => tell([type]));
  };
  signal.addEventListener('abort', () => (source.close(), clearTimeout(timer)), { once: true });
  open();
}

/** The same by asking now and then, until there is a stream. */
async function follow(skus, signal, tell, setState) {
  let place;
  while (!(await takeStream(signal))) {
    if (signal.aborted) return;
    try {
      const page = await get(`v1/events?after=${place ?? 'now'}&limit=1000${skusOf(skus)}`, { signal });
      if (place === undefined) tell();
      else if (page.events.length > 0) tell(page.events.map(typeOf));
      place = page.next;
      setState('live');
    } catch {
      if (signal.aborted) return;
      // It may be that the place is not known any more; then the page looks anew.
      place = undefined;
      setState('connecting');
    }
    await pause(ASK_MS, signal);
  }
  if (!signal.aborted) stream(skus, signal, tell, setState);
}

/**
 * Calls back whenever something happens to one of these SKUs, and when the connection is there. A connection that breaks is opened anew
 * by the browser, which says what it had last, so nothing is missed; where that is not possible any more the page is told
 * to look anew, which comes to the same. So it is when a page is seen again: while nobody sees it, it holds no connection.
 * @param skus none: what would have some is not there yet, and is looked for again and again; undefined: nothing is listened to
 * @param onChange may be called with any number of events behind it; gets their types, or undefined when it could be any
 * @returns 'live', 'connecting' or 'looking'
 */
export function useFeed(skus, onChange) {
  const [state, setState] = useState('connecting');
  const listener = useRef(onChange);
  listener.current = onChange;
  useEvery(onChange, ASK_MS, skus?.length === 0);
  useEffect(() => {
    if (!skus?.length) return;
    let ended;
    let pending;
    let [told, times] = [-Infinity, 0];
    let types = new Set();
    const tell = (happened) => {
      if (happened) happened.forEach((type) => types?.add(type));
      else types = undefined;
      if (pending) return;
      times = performance.now() - told > QUIET_MS ? 0 : Math.min(times + 1, DELAYS_MS.length - 1);
      pending = setTimeout(() => {
        const happenedTypes = types;
        [pending, told, types] = [undefined, performance.now(), new Set()];
        listener.current(happenedTypes);
      }, DELAYS_MS[times]);
    };
    const end = () => {
      ended?.abort();
      clearTimeout(pending);
      pending = undefined;
    };
    const begin = () => {
      end();
      setState('connecting');
      if (isSeen()) void follow(skus, (ended = new AbortController()).signal, tell, setState);
    };
    document.addEventListener('visibilitychange', begin);
    begin();
    return () => {
      document.removeEventListener('visibilitychange', begin);
      end();
    };
  }, [skus?.join('\n')]);
  return skus?.length === 0 ? 'looking' : state;
}

/** What a page follows by what it has loaded: nothing until that is there, and no SKU where it could not be loaded. */
export const skusToFollow = ({ data, error }, skusOfData) =>
  data ? skusOfData(data) : error ? [] : undefined;

/**
 * Has a page look at something again and again while somebody sees it, and soon after it is seen again.
 * @param look may answer a promise; the pause begins when that is kept
 * @param ms how long the pause is, in milliseconds
 */
export function useEvery(look, ms, isWanted = true) {
  const listener = useRef(look);
  listener.current = look;
  useEffect(() => {
    if (!isWanted) return;
    const abort = new AbortController();
    const { signal } = abort;
    const seen = () =>
      new Promise((resolve) =>
        document.addEventListener('visibilitychange', resolve, { signal, once: true }),
      );
    const run = async () => {
      await pause(ms, signal);
      while (!signal.aborted) {
        if (isSeen()) {
          await listener.current();
          await pause(ms, signal);
        } else await seen();
      }
    };
    void run();
    return () => abort.abort();
  }, [ms, isWanted]);
}
