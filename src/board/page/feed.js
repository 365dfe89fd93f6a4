// What happens, as it happens: the service's feed of events.
import { useEffect, useRef, useState } from 'preact/hooks';
import { apiUrl, skusOf } from './api.js';
import { EVENT_TYPES } from './words.js';

/** Pauses before a feed that was refused is opened anew, in milliseconds. */
const PAUSES = [500, 1000, 2000, 5000, 10_000];
/** How long more events are waited for before the page is told, in milliseconds: a commit often has many. */
const TOGETHER_MS = 120;

/**
 * Calls back whenever something happens to one of these SKUs, and when the connection is there. A connection that breaks is opened anew
 * by the browser, which says what it had last, so nothing is missed; where that is not possible any more the page is told
 * to look anew, which comes to the same.
 * @param skus none: it is not listened
 * @param onChange may be called with any number of events behind it
 * @returns 'live' or 'connecting'
 */
export function useFeed(skus, onChange) {
  const [state, setState] = useState('connecting');
  const listener = useRef(onChange);
  listener.current = onChange;
  useEffect(() => {
    if (skus.length === 0) return;
    let source;
    let timer;
    let failures = 0;
    let pending;
    const tell = () => {
      pending ??= setTimeout(() => {
        pending = undefined;
        listener.current();
      }, TOGETHER_MS);
    };
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
      for (const type of EVENT_TYPES) source.addEventListener(type, tell);
    };
    open();
    return () => {
      source.close();
      clearTimeout(timer);
      clearTimeout(pending);
    };
  }, [skus.join('\n')]);
  return state;
}
