import { built } from './built';

/* The built service, in which nobody listens to what it tells of itself: nothing is measured. */
const { Metrics } = built<typeof import('../../src/metrics/metrics')>('metrics/metrics');
Metrics.prototype.listen = () => {};

built('main');
