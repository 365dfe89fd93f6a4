import { loadConfig } from '../../src/app.module';
import { ConfigError } from '../../src/config';

function complaintAbout(environment: NodeJS.ProcessEnv): string {
  try {
    loadConfig(environment);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error(`accepted: ${JSON.stringify(environment)}`);
}

describe('the settings', () => {
  test('have defaults with which the service starts', () => {
    const { modules: _, ...settings } = loadConfig({});
    expect(settings).toEqual({
      MODULES: undefined,
      PORT: 3000,
      HOST: '127.0.0.1',
      DATABASE_URL: undefined,
      DATABASE_WRITE_CONNECTIONS: 10,
      DATABASE_READ_CONNECTIONS: 10,
      DATA_DIR: '.data',
      REDIS_URL: undefined,
      REDIS_MODE: 'pubsub',
      AVAILABILITY_VIEW: 'postgres',
      SMTP_URL: undefined,
      STOCK_ALERTS_TO: 'stock@made.com',
      MAIL_FROM: 'allocations@example.com',
      WEBHOOKS_ALLOW_PRIVATE: false,
      WEBHOOKS_SECRET_KEY: undefined,
      EVENT_RETENTION_DAYS: 90,
      EVENT_ARCHIVE_DIR: undefined,
      CLOSED_LINE_RETENTION_DAYS: 90,
      INBOX_RETENTION_DAYS: 30,
      IDEMPOTENCY_RETENTION_DAYS: 1,
      ORDER_RETENTION_DAYS: 90,
      CUSTOMER_ORDER_RETENTION_DAYS: 90,
      SENT_MAIL_RETENTION_DAYS: 30,
      WEBHOOK_DELIVERY_RETENTION_DAYS: 30,
      SHUTDOWN_DELAY: 1,
      SHUTDOWN_GRACE: 7,
      RATE_LIMIT_PER_KEY: 10_000,
      RATE_LIMIT_PER_ADDRESS: 100,
      CORS_ORIGINS: undefined,
      BASE_PATH: undefined,
      TRUSTED_PROXIES: undefined,
      LOG_LEVEL: 'info',
    });
  });

  test('come from the environment', () => {
    const environment = {
      HOST: '0.0.0.0',
      DATABASE_URL: 'postgresql://user:password@db.example.com:5432/stock',
      DATA_DIR: '/var/lib/stock',
      REDIS_URL: 'rediss://redis.example.com:6380',
      REDIS_MODE: 'streams',
      AVAILABILITY_VIEW: 'redis',
      SMTP_URL: 'smtps://user:password@mail.example.com:465',
      STOCK_ALERTS_TO: 'buyers@example.com',
      MAIL_FROM: 'service@example.com',
      WEBHOOKS_SECRET_KEY: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
      EVENT_ARCHIVE_DIR: '/backup/events',
      BASE_PATH: '/shop/stock',
      LOG_LEVEL: 'debug',
    };

    const others = {
      PORT: 8080,
      WEBHOOKS_ALLOW_PRIVATE: true,
      DATABASE_WRITE_CONNECTIONS: 20,
      DATABASE_READ_CONNECTIONS: 30,
      EVENT_RETENTION_DAYS: 30,
      CLOSED_LINE_RETENTION_DAYS: 10,
      INBOX_RETENTION_DAYS: 0,
      IDEMPOTENCY_RETENTION_DAYS: 3,
      ORDER_RETENTION_DAYS: 400,
      CUSTOMER_ORDER_RETENTION_DAYS: 180,
      SENT_MAIL_RETENTION_DAYS: 36500,
      WEBHOOK_DELIVERY_RETENTION_DAYS: 7,
      SHUTDOWN_DELAY: 0,
      SHUTDOWN_GRACE: 3600,
      RATE_LIMIT_PER_KEY: 0,
      RATE_LIMIT_PER_ADDRESS: 7,
      CORS_ORIGINS: ['https://shop.example', 'http://localhost:8080'],
      TRUSTED_PROXIES: ['10.0.0.0/8', '::1'],
    };
    const texts = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, String(value)]));

    const { modules: _, ...settings } = loadConfig({ ...environment, ...texts });
    expect(settings).toEqual({ ...environment, ...others });
  });

  test('count as absent when they are empty', () => {
    const empty = { PORT: '', HOST: '', DATABASE_URL: '', REDIS_URL: '', SMTP_URL: '', LOG_LEVEL: '' };

    expect(loadConfig(empty)).toEqual(loadConfig({}));
  });

  test('leave out variables of others', () => {
    expect(loadConfig({ PATH: '/usr/bin', PORTS: '1' })).toEqual(loadConfig({}));
  });

  test('cannot be changed afterwards', () => {
    expect(Object.isFrozen(loadConfig({}))).toBe(true);
  });

  test.each(['0', '1', '65535'])('take %s as a port', (port) => {
    expect(loadConfig({ PORT: port }).PORT).toBe(Number(port));
  });

  test('refuse a port that is too large', () => {
    expect(complaintAbout({ PORT: '65536' })).toMatch(/^ {2}PORT must be a whole number from 0 to 65535$/m);
  });

  test.each(['-1', '1.5', '1e3', '0x50', ' 80', 'http', 'NaN'])('refuse %p as a port', (port) => {
    expect(complaintAbout({ PORT: port })).toMatch(/^ {2}PORT .*must be a whole number/m);
  });

  test.each([
    ['DATABASE_URL', 'mysql://db.example.com/stock'],
    ['DATABASE_URL', 'db.example.com:5432'],
    ['DATABASE_URL', 'postgres://user:100%@db.example.com/stock'],
    ['DATABASE_WRITE_CONNECTIONS', '1'],
    ['DATABASE_READ_CONNECTIONS', '0'],
    ['DATABASE_READ_CONNECTIONS', '1001'],
    ['DATABASE_READ_CONNECTIONS', 'ten'],
    ['REDIS_URL', 'redis.example.com:6379'],
    ['REDIS_URL', 'redis://redis.example.com:99999'],
    ['REDIS_URL', 'redis://:100%@redis.example.com'],
    ['REDIS_URL', 'redis://redis.example.com/stock'],
    ['REDIS_MODE', 'queue'],
    ['SMTP_URL', 'https://mail.example.com'],
    ['SMTP_URL', 'smtp://user:100%@mail.example.com'],
    ['SMTP_URL', 'smtp://mail.example.com:99999'],
    ['SMTP_URL', 'smtp://user:password@'],
    ['STOCK_ALERTS_TO', 'nobody'],
    ['MAIL_FROM', 'Stock'],
    ['EVENT_RETENTION_DAYS', '-1'],
    ['EVENT_RETENTION_DAYS', 'never'],
    ['CLOSED_LINE_RETENTION_DAYS', '1.5'],
    ['INBOX_RETENTION_DAYS', '36501'],
    ['SENT_MAIL_RETENTION_DAYS', '30 days'],
    ['SHUTDOWN_DELAY', '-1'],
    ['SHUTDOWN_GRACE', '3601'],
    ['RATE_LIMIT_PER_KEY', 'many'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'https://shop.example/'],
    ['CORS_ORIGINS', 'https://shop.example,shop.example'],
    ['BASE_PATH', 'stock'],
    ['BASE_PATH', '/stock/'],
    ['BASE_PATH', '/'],
    ['TRUSTED_PROXIES', 'gateway'],
    ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['LOG_LEVEL', 'verbose'],
  ])('name %s when it is %s', (name, value) => {
    expect(complaintAbout({ [name]: value })).toMatch(new RegExp(`^  ${name} must `, 'm'));
  });

  test('take forever for as long as things are kept', () => {
    expect(loadConfig({ EVENT_RETENTION_DAYS: 'forever' }).EVENT_RETENTION_DAYS).toBe(0);
  });

  test('name everything that is wrong at once, each on a line', () => {
    const complaint = complaintAbout({ PORT: 'http', LOG_LEVEL: 'verbose', HOST: '0.0.0.0' });

    expect(complaint.split('\n')).toEqual([
      'The settings cannot be used:',
      expect.stringMatching(/^ {2}PORT /),
      expect.stringMatching(/^ {2}LOG_LEVEL /),
    ]);
  });

  test('are named once, however many modules ask for them', () => {
    expect(complaintAbout({ REDIS_URL: 'redis.example.com' }).split('\n')).toHaveLength(2);
  });

  test.each(['DATABASE_URL', 'REDIS_URL', 'SMTP_URL'])('keep a password in %s to themselves', (name) => {
    for (const url of [
      'http://user:s3cret@host',
      `${name === 'SMTP_URL' ? 'smtp' : 'redis'}://user:s3cret%@host`,
    ])
      expect(complaintAbout({ [name]: url })).not.toContain('s3cret');
  });
});
