import { pause, withJitter } from './pause.ts';

/** With their pauses these take some 20 s: a service that is started anew is back by then. */
const TRIES = 8;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 30_000;
/** The service answers within 30 s, and so does the feed, which waits for as long. */
const ANSWER_WITHIN_MS = 60_000;
/** Nothing was decided: the service, or a gateway before it, could not get to it. */
const BUSY = [429, 502, 503, 504];
const CHANGING = ['POST', 'PUT', 'PATCH', 'DELETE'];

type Fetch = (request: Request) => Promise<Response>;

/**
 * Sends a request again until it has an answer that says something about it.
 * @returns the same as `send`: rejects when the last try does, and at once when the request is aborted
 */
export function retrying(send: Fetch): Fetch {
  return async (request) => {
    if (CHANGING.includes(request.method) && !request.headers.has('idempotency-key'))
      request.headers.set('idempotency-key', `"${randomKey()}"`);
    for (let tries = 1; ; tries += 1) {
      const outcome = await sendOnce(send, request.clone()).catch((error: unknown) => ({ error }));
      const wait = tries < TRIES ? await pauseAfter(outcome, tries) : undefined;
      if (request.signal.aborted || wait === undefined) {
        if ('error' in outcome) throw outcome.error;
        return outcome;
      }
      await pause(wait, request.signal);
    }
  };
}

/** Gives up when there is no whole answer, also when the connection is dead and nobody has said so. */
async function sendOnce(send: Fetch, request: Request): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new Error(`No answer within ${ANSWER_WITHIN_MS / 1000} s`)),
    ANSWER_WITHIN_MS,
  );
  try {
    const response = await send(
      new Request(request, { signal: AbortSignal.any([request.signal, late.signal]) }),
    );
    // An answer that breaks off is none.
    const body = await response.arrayBuffer();
    const whole = new Response(body.byteLength > 0 ? body : null, response);
    return Object.defineProperty(whole, 'url', { value: response.url });
  } finally {
    clearTimeout(timer);
  }
}

/** @returns milliseconds until the next try; undefined when there is none to be made */
async function pauseAfter(
  outcome: Response | { error: unknown },
  tries: number,
): Promise<number | undefined> {
  const backoff = withJitter(Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS));
  if ('error' in outcome) return backoff;
  if (!BUSY.includes(outcome.status) && !(await isUnderWay(outcome))) return undefined;
  const asked = Number(outcome.headers.get('retry-after') ?? 0) * 1000;
  if (asked > LONGEST_PAUSE_MS) return undefined;
  return Math.max(backoff, Number.isNaN(asked) ? 0 : asked);
}

/** Whether the same request, by its Idempotency-Key, is being carried out right now. */
async function isUnderWay(response: Response): Promise<boolean> {
  if (response.status !== 409) return false;
  const problem = (await response
    .clone()
    .json()
    .catch(() => ({}))) as { type?: string };
  return problem.type?.endsWith('/problems/idempotency-key-in-use') ?? false;
}

/** 128 random bits. `crypto.randomUUID` is missing on pages that came without HTTPS. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
