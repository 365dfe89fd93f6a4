/** The only door into this module for others. */
export { type CloudEvent, cloudEventOf } from './cloud-event';
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
  headOfLog,
  type LogExtent,
  type LogHead,
  type LogPage,
  readLog,
} from './event-log';
export { DISORDER_MS, findEvent, positionBefore } from './find-event';
export { logProblems } from './entrypoints/problems';
export { cursorOf, CursorExpired, positionOf, UnknownCursor } from './log-cursor';
export { beginEpoch, type Epoch, epochsOf } from './log-epochs';
export { LogSettings } from './log-settings';
export { LogSequencer } from './log-sequencer';
export { OrderedDelivery, type ReaderSource } from './ordered/ordered-delivery';
export {
  type DeliveredEvent,
  type DeliveryAttempt,
  type OrderedReader,
  ReaderDisabled,
  TryLater,
} from './ordered/ordered-reader';
export { type Beginning, type Lease, LeaseLost, type Reader, type ReaderKind, Readers } from './readers';
export {
  EVENT_TYPES,
  fromJson,
  type LoggedEvent,
  STORED_COLUMNS,
  type StoredEvent,
  type StoredEventJson,
  type StoredRow,
  toRecorded,
  toStored,
} from './stored-event';
