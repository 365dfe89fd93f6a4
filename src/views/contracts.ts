/** The only door into this module for others. */
export { exportColumns, exportKinds, exportRows } from './maintenance/exports';
export { type OnProgress, type RebuildableView, rebuildView, type ViewName } from './maintenance/rebuild';
export { type Found, MAX_DIFFERENCES, repair, verify } from './maintenance/verify';
export type { Difference } from './maintenance/verify-passes';
export { LargestBatch, LinesOfOrder, type LineStatus } from './queries/queries';
