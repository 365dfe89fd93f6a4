/** The only door into this module for others. */
export { expireRows } from './expire-rows';
export { type Outcome, Retention, type RetentionRule } from './retention';
