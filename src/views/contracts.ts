/** The only door into this module for others. */
export { exportColumns, exportKinds, exportRows } from './exports';
export { type OnProgress, rebuildView, type ViewName, viewNames } from './rebuild';
export { type Found, MAX_DIFFERENCES, repair, verify } from './verify';
export type { Difference } from './verify-passes';
