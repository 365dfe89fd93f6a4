import type { IncomingHttpHeaders } from 'node:http';
import { isTraceparent } from '../tracing';

/** The trace that a request belongs to (W3C Trace Context). It goes along into the events. */
export const TRACEPARENT = 'traceparent';

/** What the caller gave, if it has the form that it must have; a wrong one counts as none. */
export function traceparentOf(headers: IncomingHttpHeaders): string | undefined {
  const given = headers[TRACEPARENT];
  return isTraceparent(given) ? given : undefined;
}
