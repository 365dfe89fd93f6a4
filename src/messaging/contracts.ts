/** The only door into this module for others. */
export { type DeadLetter, DeadLetters } from './dead-letters';
export { takeNew } from './done-events';
export { LogReader, type LogReaderOptions } from './log-reader';
