import type { IncomingMessage } from 'node:http';
import { newId } from '../../ids';

/** By this header a caller names its request, and finds it again in the log and in the events. */
export const REQUEST_ID = 'x-request-id';

/** The id that the caller gave, if it is 1 to 128 visible ASCII characters; otherwise a new UUID v7. */
export function requestId(request?: IncomingMessage): string {
  const given = request?.headers[REQUEST_ID];
  return typeof given === 'string' && /^[\x21-\x7e]{1,128}$/.test(given) ? given : newId();
}
