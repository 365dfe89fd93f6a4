export const lineStates = [
  'reserved',
  'allocated',
  'waiting',
  'dispatched',
  'out of stock',
  'deallocated',
  'expired',
] as const;
export type LineState = (typeof lineStates)[number];
