/** What lies beneath all modules, and is there for those of other packages, too. */
export { ConfigError, Days, type SettingsClass, WholeNumber } from './config';
export { currentCorrelation, currentCorrelationId } from './correlation';
export { newId } from './ids';
export { printable } from './printable';
export * from './syntax';
export { Unavailable } from './unavailable';
