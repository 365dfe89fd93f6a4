/** The only door into this module for others. */
export { Archive, ForeignArchive } from './archive/archive';
export type { ArchivedEvent } from './archive/archive-file';
export { type ArchiveFilter, readArchive } from './archive/read-archive';
export {
  type EventFilter,
  type EventKey,
  eventsAt,
  eventsNotNumbered,
  eventsOf,
  extentOfLog,
  type LogExtent,
  type LogPage,
  readLog,
} from './event-log';
export { cursorOf, CursorExpired, positionOf, UnknownCursor } from './log-cursor';
export { type Epoch, epochsOf } from './log-epochs';
export { LogSequencer } from './log-sequencer';
export { type Beginning, type Lease, LeaseLost, type Reader, type ReaderKind, Readers } from './readers';
export {
  type LoggedEvent,
  STORED_COLUMNS,
  type StoredEvent,
  type StoredRow,
  toRecorded,
  toStored,
} from './stored-event';
