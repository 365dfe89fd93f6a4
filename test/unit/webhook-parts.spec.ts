import { readSettings } from '../../src/config';
import { checkLiteral, isPublic, PrivateAddress } from '../../src/webhooks/public-address';
import { pauseAfter, wishedPause } from '../../src/webhooks/retry-schedule';
import { SecretStore, SecretUnreadable } from '../../src/webhooks/secret-store';
import { newSecret } from '../../src/webhooks/signature';
import { WebhooksSettings } from '../../src/webhooks/webhooks-settings';
import { captureLog } from '../support/captured-log';

describe('addresses that webhooks are not sent to', () => {
  test.each([
    ['127.0.0.1', 'this machine'],
    ['127.8.8.8', 'this machine'],
    ['0.0.0.0', 'this machine'],
    ['10.1.2.3', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.0.1', 'private'],
    ['100.64.0.1', 'of a provider'],
    ['169.254.169.254', 'link-local, where clouds have their metadata'],
    ['192.0.2.1', 'for documentation'],
    ['198.18.0.1', 'for benchmarks'],
    ['224.0.0.1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['::1', 'this machine'],
    ['::', 'this machine'],
    ['::ffff:127.0.0.1', 'mapped'],
    ['::ffff:a9fe:a9fe', 'mapped'],
    ['::127.0.0.1', 'compatible, as mapped ones were once written'],
    ['::ffff:0:10.0.0.1', 'translated'],
    ['64:ff9b::7f00:1', 'NAT64'],
    ['2002:7f00:1::', '6to4'],
    ['2001::1', 'Teredo'],
    ['2001:db8::1', 'for documentation'],
    ['fc00::1', 'private'],
    ['fd12:3456::1', 'private'],
    ['fe80::1', 'link-local'],
    ['fec0::1', 'site-local'],
    ['ff02::1', 'multicast'],
  ])('include %s: %s', (address) => {
    expect(isPublic(address)).toBe(false);
  });

  test.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450:4001::1'])(
    'do not include %s',
    (address) => {
      expect(isPublic(address)).toBe(true);
    },
  );

  test.each([
    'http://0x7f.1/',
    'http://2130706433/',
    'http://[::1]/',
    'http://[::ffff:10.0.0.1]/',
    'http://017700000001/',
  ])('include %s, however it is written', (url) => {
    expect(() => checkLiteral(new URL(url).hostname)).toThrow(PrivateAddress);
  });

  test('do not include a name before it is resolved', () => {
    expect(() => checkLiteral('localhost')).not.toThrow();
  });
});

describe('the schedule of attempts', () => {
  const HOUR = 3_600_000;

  test.each([
    [1, 5_000],
    [2, 300_000],
    [3, 0.5 * HOUR],
    [4, 2 * HOUR],
    [5, 5 * HOUR],
    [6, 10 * HOUR],
    [7, 10 * HOUR],
    [20, 10 * HOUR],
  ])('has its pause after attempt %i', (attempts, pause) => {
    const planned = pauseAfter(attempts, 0, null) as number;
    expect(planned).toBeGreaterThanOrEqual(pause);
    expect(planned).toBeLessThanOrEqual(1.1 * pause);
  });

  test('gives an event up after five days', () => {
    expect(pauseAfter(9, 5 * 24 * HOUR - 1, null)).toEqual(expect.any(Number));
    expect(pauseAfter(9, 5 * 24 * HOUR, null)).toBe('give up');
  });

  test('gives no event up because its endpoint takes nothing at all', () => {
    const ago = (ms: number) => new Date(Date.now() - ms);
    expect(pauseAfter(9, 5 * 24 * HOUR, ago(5 * 24 * HOUR))).toEqual(expect.any(Number));
    expect(pauseAfter(9, 5 * 24 * HOUR, ago(24 * HOUR))).toBe('give up');
  });

  test('heeds a receiver that asks for a pause, within bounds', () => {
    const now = new Date('2031-01-01T12:00:00Z');
    expect(wishedPause(undefined, now)).toBeUndefined();
    expect(wishedPause('120', now)).toBe(120_000);
    expect(wishedPause('Wed, 01 Jan 2031 12:10:00 GMT', now)).toBe(600_000);
    expect(wishedPause('0', now)).toBe(5_000);
    expect(wishedPause('99999999999', now)).toBe(24 * HOUR);
    expect(wishedPause('soon', now)).toBeUndefined();
  });
});

describe('secrets in the database', () => {
  const log = captureLog();
  const config = (key?: string) => readSettings({ WEBHOOKS_SECRET_KEY: key }, [WebhooksSettings]);
  const [key, other] = [Buffer.alloc(32, 1).toString('base64'), Buffer.alloc(32, 2).toString('base64')];
  const secret = newSecret();

  test('are not readable without the key', () => {
    const sealed = new SecretStore(config(key)).seal(secret, 'a');
    expect(sealed).not.toContain(secret.slice(6));
    expect(new SecretStore(config(key)).open(sealed, 'a')).toBe(secret);
    expect(() => new SecretStore(config(other)).open(sealed, 'a')).toThrow(
      new SecretUnreadable('WEBHOOKS_SECRET_KEY is not the key that its secret was sealed with'),
    );
    expect(() => new SecretStore(config()).open(sealed, 'a')).toThrow(
      new SecretUnreadable('WEBHOOKS_SECRET_KEY is not set, but its secret was sealed with such a key'),
    );
  });

  test('are good for their endpoint alone, and whole', () => {
    const store = new SecretStore(config(key));
    const sealed = store.seal(secret, 'a');
    expect(() => store.open(sealed, 'b')).toThrow(SecretUnreadable);
    expect(() => store.open(`${sealed.slice(0, -6)}AAAAA=`, 'a')).toThrow(SecretUnreadable);
    expect(() => store.open(sealed.slice(0, 20), 'a')).toThrow(SecretUnreadable);
  });

  test('are stored as they are without a key, of which the log warns once', () => {
    const store = new SecretStore(config());
    expect(store.seal(secret, 'a')).toBe(secret);
    store.seal(secret, 'b');
    expect(log.filter((line) => line.includes('WEBHOOKS_SECRET_KEY is not set'))).toHaveLength(1);
    expect(log.join()).not.toContain(secret);
    // Those that were stored before there was a key.
    expect(new SecretStore(config(key)).open(secret, 'a')).toBe(secret);
  });

  test('leave out an earlier one that cannot be read', () => {
    const old = new SecretStore(config(other)).seal(secret, 'a');
    const store = new SecretStore(config(key));
    const sealed = store.seal(secret, 'a');
    expect(store.openAll([sealed, old], 'a')).toEqual([secret]);
    expect(() => store.openAll([old, sealed], 'a')).toThrow(SecretUnreadable);
  });

  test.each(['secret', Buffer.alloc(31).toString('base64'), Buffer.alloc(33).toString('base64')])(
    'are not stored with a key that is none: %s',
    (bad) => {
      expect(() => config(bad)).toThrow('WEBHOOKS_SECRET_KEY must be 32 bytes in base64');
    },
  );
});
