import { loadConfig } from '../../src/app.module';
import { ConfigError } from '../../src/config';
import { keyIn, pageOf } from '../../src/http/requests/page';

describe('AVAILABILITY_VIEW', () => {
  test('is postgres, or redis if there is one', () => {
    expect(loadConfig({}).AVAILABILITY_VIEW).toBe('postgres');
    const redis = { AVAILABILITY_VIEW: 'redis', REDIS_URL: 'redis://127.0.0.1' };
    expect(loadConfig(redis).AVAILABILITY_VIEW).toBe('redis');
    expect(() => loadConfig({ AVAILABILITY_VIEW: 'redis' })).toThrow(
      new ConfigError('The settings cannot be used:\n  AVAILABILITY_VIEW redis needs REDIS_URL'),
    );
    expect(() => loadConfig({ AVAILABILITY_VIEW: 'memory' })).toThrow('must be postgres or redis');
  });
});

describe('a page', () => {
  const byKey = ({ key }: { key: string }) => key;

  test('says where the next one begins, if there is one', () => {
    const rows = ['a', 'ä/😀', 'c'].map((key) => ({ key }));
    const { items, next } = pageOf(rows, 2, byKey);
    expect([items, keyIn(next!)]).toEqual([rows.slice(0, 2), 'ä/😀']);
    expect(next).toMatch(/^[\w-]+$/);
    expect(pageOf(rows, 3, byKey)).toEqual({ items: rows, next: null });
    expect(pageOf([], 3, byKey)).toEqual({ items: [], next: null });
    expect(keyIn(undefined)).toBe('');
  });
});
