/** The only door into this module for others. */
export * from './application/commands';
export * from './domain/errors';
export type { LineOfOrder, Order, Shortage, Step, Wish, WishedLine } from './domain/order';
