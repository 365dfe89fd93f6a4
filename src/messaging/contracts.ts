/** The only door into this module for others. */
export { type DeadLetter, DeadLetters } from './dead-letters';
export { takeNew } from './done-events';
/** @deprecated since 0.2.0: it is in the contracts of the allocation. */
export { committedEvents } from '../allocation/contracts';
export { LogReader, type LogReaderOptions } from './log-reader';
