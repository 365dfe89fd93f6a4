/** The only door into this module for others. */
export { Metrics } from './metrics';
