/** The only door into this module for others: the pages that they add to the board. */
export type { Panel } from './panel';
