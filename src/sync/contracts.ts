/** The only door into this module for others. */
export type { Action } from './decide';
export type { Imported, ImportFile, Refused } from './import-file';
export type { FileOutcome } from './import-once';
export { CouldNotRun, type Problem } from './problems';
export { type Outcome, synchronise } from './synchronise';
export { watch, type WatchSettings } from './watch';
