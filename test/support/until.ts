export { until } from '../../src/testing/contracts';
