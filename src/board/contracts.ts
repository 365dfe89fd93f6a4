/** The only door into this module for others: what they put on the board. */
export { Attention, type AttentionSource, type Notice } from './attention';
export type { Panel } from './panel';
