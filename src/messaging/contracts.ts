/** The only door into this module for others. */
export { type DeadLetter, DeadLetters } from './delivery/dead-letters';
export { takeNew } from './delivery/done-events';
export { LogReader, type LogReaderOptions } from './delivery/log-reader';
