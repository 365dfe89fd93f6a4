/** The only door into this module for others. */
export { exportColumns, exportKinds, exportRows } from './exports';
export { type OnProgress, rebuildView, type ViewName, viewNames } from './rebuild';
export { type Difference, type Found, repair, verify } from './verify';
