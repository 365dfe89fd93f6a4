/** The only door into this module for others: what can be asked of it, and what it tells. */
export * from './application/commands';
export * from './application/queries';
export * from './domain/errors';
export * from './domain/events';
export type { ChangedPromise } from './domain/changed-promise';
export type { Explanation } from './domain/explanation';
export {
  type Movement,
  movementOf,
  type MovementReason,
  movementReasons,
  movementTypes,
} from './domain/ledger';
export { type LineAfter, lineAfter } from './domain/line-after';
export { lineKey, OrderLine, type Terms } from './domain/order-line';
export type { CommitPublisher } from './application/commit-publisher';
export { eventSchemas, readEvent } from './application/event-schemas';
export type { GroupHandler, Recorded, RecordedEventHandler } from './application/recorded';
export { DuplicateMessage, ProductBusy } from './application/unit-of-work';
export { type InlineProjection, InlineProjections } from './adapters/postgres/inline-projections';
export { committedEvents } from './adapters/group-commit/commit-diagnostics';
export { allocationProblems } from './entrypoints/problems';
