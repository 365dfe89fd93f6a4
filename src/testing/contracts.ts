/** What modules test themselves with: see docs/write-a-module.md. */
export { type Instance, Instances, type Mail, startInstances, type StartOptions } from './instances';
export { recorded } from './recorded';
export { until } from './until';
