import type { IncomingHttpHeaders } from 'node:http';

/** The trace that a request belongs to (W3C Trace Context). It goes along into the events. */
export const TRACEPARENT = 'traceparent';

/** A version, the id of a trace, that of a span, and flags. Ids of nothing but zeros, and version ff, are none. */
const FORM = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/;

/** What the caller gave, if it has the form that it must have; a wrong one counts as none. */
export function traceparentOf(headers: IncomingHttpHeaders): string | undefined {
  const given = headers[TRACEPARENT];
  return typeof given === 'string' && FORM.test(given) ? given : undefined;
}
