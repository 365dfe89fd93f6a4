import { dataSourceOptions, READS_LIMITS, WRITES_LIMITS } from '../../src/database/data-source';

const answerMsOf = (pool?: object) =>
  (dataSourceOptions('postgres://localhost/stock', pool).extra as { query_timeout?: number }).query_timeout;

test('the command line waits for statements that go through whole tables, and the service gives them up', () => {
  expect(answerMsOf()).toBeUndefined();
  expect(answerMsOf(WRITES_LIMITS)).toBe(9_500);
  expect(answerMsOf(READS_LIMITS)).toBe(4_800);
});
