/** The only door into this module for others. */
export { anyKeyOn, keysOn } from './adapters/keys-on';
export { type Key, KeyExists, KeyExpired, LONGEST_OVERLAP, OVERLAP } from './key';
export type { Keys } from './keys';
export { SECRET_PREFIX } from './secret';
