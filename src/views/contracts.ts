/** The only door into this module for others. */
export { exportColumns, exportKinds, exportRows } from './exports';
