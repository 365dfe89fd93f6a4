import { diagnostics } from '../../diagnostics';

/** A handler was called, and has settled or was cut off. */
export interface HandledCall {
  readonly handler: string;
  readonly seconds: number;
  readonly failed: boolean;
}

/** Tells of every call of a handler of events. */
export const handlerCalls = diagnostics<HandledCall>('messaging.handler');
