import { DataSource } from 'typeorm';
import { AppModule } from '../../src/app.module';
import { ConfigError } from '../../src/config';
import { createDataSource, prepareDatabase } from '../../src/database/data-source';
import { checkUsable, checkWritable, durabilityWarnings, type Host } from '../../src/database/host';
import { Sql } from '../../src/database/sql';
import { RunningService } from '../support/running-service';
import { rebuildView, viewNames } from '../../src/views/maintenance/rebuild';
import { verify } from '../../src/views/maintenance/verify';
import { HttpApp } from '../support/http-app';
import { connected, query } from '../support/sql';
import {
  createEmptyDatabase,
  createTestDatabase,
  migrate,
  nameOf,
  type TestDatabase,
} from '../support/test-database';

/** What a host may have set, each in a way that the service must not work with. */
const WRONG = {
  jit: 'on',
  jit_above_cost: '0',
  default_transaction_isolation: 'serializable',
  default_transaction_deferrable: 'on',
  synchronous_commit: 'off',
  row_security: 'on',
  statement_timeout: '1500ms',
  lock_timeout: '1ms',
  transaction_timeout: '1500ms',
  idle_in_transaction_session_timeout: '1500ms',
  idle_session_timeout: '1500ms',
  exit_on_error: 'on',
  client_encoding: 'LATIN1',
  DateStyle: 'German, DMY',
  IntervalStyle: 'sql_standard',
  TimeZone: 'Asia/Kathmandu',
  bytea_output: 'escape',
  standard_conforming_strings: 'off',
  array_nulls: 'off',
  transform_null_equals: 'on',
  extra_float_digits: '-15',
  plan_cache_mode: 'force_custom_plan',
  enable_seqscan: 'on',
  enable_sort: 'on',
  enable_indexscan: 'off',
  enable_indexonlyscan: 'off',
  enable_bitmapscan: 'off',
  enable_nestloop: 'off',
} as const;

/** Sets what this server knows of `settings`, for the database and for connections to come. */
async function set(url: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const known = await query(url, 'SELECT name FROM pg_settings');
  const names = new Set(known.map(({ name }) => name));
  for (const [name, value] of Object.entries(settings).filter(([name]) => names.has(name))) {
    await query(url, `ALTER DATABASE ${nameOf(url)} SET ${name} = '${value}'`);
  }
}

async function settingsOf(dataSource: DataSource): Promise<Record<string, string>> {
  const rows = await dataSource.query<{ name: string; setting: string }[]>(
    'SELECT name, current_setting(name) AS setting FROM pg_settings WHERE name = ANY($1)',
    [Object.keys(WRONG)],
  );
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}

describe('on a database where all is set otherwise', () => {
  let service: HttpApp;
  let url: string;

  beforeAll(async () => {
    service = await HttpApp.start(async (databaseUrl) => {
      // The tables are in a schema that somebody chose for them.
      await query(databaseUrl, 'ALTER SCHEMA public RENAME TO "The Shop"');
      await query(databaseUrl, `ALTER DATABASE ${nameOf(databaseUrl)} SET search_path = "The Shop", public`);
      await set(databaseUrl, WRONG);
      // A URL can say something of its own, which stands where the service has no need.
      url = `${databaseUrl}?options=${encodeURIComponent('-c work_mem=5MB -c enable_sort=on')}`;
      return url;
    });
  });
  afterAll(() => service.stop());

  test('the connections of the service have what it counts on', async () => {
    const dataSource = service.app.get(DataSource);
    const settings = await settingsOf(dataSource);
    expect(settings).toMatchObject({
      jit: 'off',
      default_transaction_isolation: 'read committed',
      synchronous_commit: 'on',
      row_security: 'off',
      statement_timeout: '9s',
      lock_timeout: '10s',
      idle_in_transaction_session_timeout: '30s',
      idle_session_timeout: '0',
      enable_seqscan: 'off',
      enable_sort: 'off',
      DateStyle: 'ISO, YMD',
      TimeZone: 'UTC',
    });
    // What the service does not need it leaves alone.
    expect(settings.jit_above_cost).toBe('0');
    expect(await dataSource.query('SHOW work_mem')).toEqual([{ work_mem: '5MB' }]);
    // A setting that is wrong here is one that nobody has thought of.
    const same = Object.entries(WRONG).filter(([name, value]) => settings[name] === value);
    expect(same).toEqual([['jit_above_cost', '0']]);
  });

  test('commands and views work', async () => {
    await service.post('/v1/batches', { ref: 'b1', sku: 'LÄMP', qty: 10, eta: '2031-02-01' });
    await service.post('/v1/batches', { ref: 'b2', sku: 'LÄMP', qty: 5 });
    for (const orderId of ['o1', 'o2']) {
      const answer = await service.post('/v1/allocations', { orderId, sku: 'LÄMP', qty: 2 });
      expect(answer.statusCode).toBe(202);
    }
    expect((await service.send('PATCH', '/v1/batches/b2', { qty: 3 })).statusCode).toBe(202);
    const lines = [await service.get('/v1/allocations/o1'), await service.get('/v1/allocations/o2')];
    expect(lines.map((answer) => answer.json().lines)).toEqual([
      [expect.objectContaining({ sku: 'LÄMP', batchRef: 'b2', eta: null, state: 'allocated' })],
      [expect.objectContaining({ sku: 'LÄMP', batchRef: 'b1', eta: '2031-02-01', state: 'allocated' })],
    ]);
    const { changedAt } = lines[0].json().lines[0];
    expect(Math.abs(Date.now() - Date.parse(changedAt))).toBeLessThan(60_000);
    expect((await service.get('/v1/availability/LÄMP')).json()).toMatchObject({
      availableNow: 1,
      available: 9,
    });
    expect((await service.send('DELETE', '/v1/allocations/o1/LÄMP')).statusCode).toBe(202);
    expect((await service.get('/health/ready')).statusCode).toBe(200);
  });

  test('views are made anew where they were, and are right', async () => {
    const dataSource = service.app.get(DataSource);
    for (const view of viewNames) await rebuildView(new Sql(dataSource), view);
    expect(await verify(new Sql(dataSource))).toEqual({ counters: 0, movements: 0, batches: 0, lines: 0 });
    const schemas = `SELECT DISTINCT relnamespace::regnamespace::text AS schema FROM pg_class
      WHERE oid IN ('view_lines'::regclass, 'view_batches'::regclass)`;
    expect(await query(url, schemas)).toEqual([{ schema: '"The Shop"' }]);
  });

  test('migrations wait as long as it takes', async () => {
    const other = await connected(url);
    try {
      for (const limit of ['statement', 'lock', 'transaction']) {
        await other.query(
          `SELECT set_config(name, '0', false) FROM pg_settings WHERE name = '${limit}_timeout'`,
        );
      }
      await other.query('BEGIN; LOCK TABLE migrations');
      const migrated = migrate(url);
      // Longer than any time limit of this database.
      await other.query('SELECT pg_sleep(2); COMMIT');
      expect(await migrated).toBe(0);
    } finally {
      await other.end();
    }
  });
});

test('a stronger synchronous_commit of the host stays (promise 1)', async () => {
  const { url, drop } = await createTestDatabase();
  await set(url, { synchronous_commit: 'remote_apply' });
  const dataSource = await createDataSource(url).initialize();
  try {
    expect(await settingsOf(dataSource)).toMatchObject({ synchronous_commit: 'remote_apply' });
  } finally {
    await dataSource.destroy();
    await drop();
  }
});

describe('a database is refused, in one line that says why,', () => {
  let database: TestDatabase;
  afterEach(() => database.drop());

  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => 'none',
      (error: Error) => {
        expect(error).toBeInstanceOf(ConfigError);
        expect(error.message).toMatch(/^DATABASE_URL names a database that cannot be used: it .+$/);
        return error.message;
      },
    );

  test('when its encoding does not hold every text', async () => {
    const [{ version }] = await query(
      process.env.TEST_SERVER_URL!,
      `SELECT current_setting('server_version_num')::int AS version`,
    );
    const provider = Number(version) < 150_000 ? '' : 'LOCALE_PROVIDER libc';
    database = await createEmptyDatabase(
      `TEMPLATE template0 ENCODING 'LATIN1' ${provider} LC_COLLATE 'C' LC_CTYPE 'C'`,
    );
    expect(await refusal(migrate(database.url))).toContain('encoding LATIN1');
  });

  test('when it has no schema to create tables in', async () => {
    database = await createEmptyDatabase();
    await set(database.url, { search_path: 'nowhere' });
    expect(await refusal(migrate(database.url))).toContain('search_path is nowhere');
    await query(database.url, 'CREATE SCHEMA nowhere');
    expect(await migrate(database.url)).toBeGreaterThan(0);
    expect(await query(database.url, `SELECT to_regclass('nowhere.products') IS NOT NULL AS there`)).toEqual([
      { there: true },
    ]);
  });

  test('when its user may not create tables in the schema, and has to', async () => {
    database = await createEmptyDatabase();
    const user = `user_${nameOf(database.url).slice(-20)}`;
    await query(database.url, `CREATE ROLE ${user} LOGIN PASSWORD 'secret'`);
    try {
      await query(database.url, 'REVOKE CREATE ON SCHEMA public FROM PUBLIC');
      const url = Object.assign(new URL(database.url), { username: user, password: 'secret' }).href;
      expect(await refusal(migrate(url))).toContain(`its user "${user}" may not create tables`);
      // Who may not need not, either, once somebody else did.
      await migrate(database.url);
      await query(database.url, `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${user}`);
      expect(await migrate(url)).toBe(0);
    } finally {
      await query(database.url, `DROP OWNED BY ${user}; DROP ROLE ${user}`);
    }
  });

  test('when foreign keys are switched off', async () => {
    database = await createEmptyDatabase();
    await set(database.url, { session_replication_role: 'replica' });
    expect(await refusal(migrate(database.url))).toContain('session_replication_role');
  });

  test('when it takes no writes', async () => {
    database = await createEmptyDatabase();
    await set(database.url, { default_transaction_read_only: 'on' });
    expect(await refusal(migrate(database.url))).toContain('default_transaction_read_only is on');
  });

  test('when it takes no writes though the schema is up to date, but not to who only reads', async () => {
    database = await createTestDatabase();
    await set(database.url, { default_transaction_read_only: 'on' });
    expect(await migrate(database.url)).toBe(0);
    const message = await refusal(prepareDatabase(database.url, AppModule.migrations));
    expect(message).toContain('takes no writes');
    // The process says so, too, and nothing else.
    const started = RunningService.start({ DATABASE_URL: database.url, LOG_LEVEL: 'warn' });
    await expect(started).rejects.toThrow(new Error(`The service ended before it listened:\n${message}`));
  });
});

const SOUND: Host = {
  versionNumber: 180004,
  encoding: 'UTF8',
  schema: 'public',
  searchPath: '"$user", public',
  user: 'shop',
  mayCreate: true,
  standby: false,
  readOnly: false,
  replicationRole: 'origin',
  fsync: true,
  fullPageWrites: true,
};

test('an old version and a standby are refused; a server that is not safe from crashes is warned of', () => {
  expect(() => checkUsable(SOUND)).not.toThrow();
  expect(() => checkUsable({ ...SOUND, versionNumber: 130023 })).toThrow(
    /PostgreSQL 13; it must be 14 or newer/,
  );
  expect(() => checkWritable({ ...SOUND, standby: true, readOnly: true })).toThrow(
    /standby; name the primary/,
  );
  expect(durabilityWarnings(SOUND)).toEqual([]);
  expect(durabilityWarnings({ ...SOUND, fsync: false, fullPageWrites: false })).toEqual([
    expect.stringContaining('fsync = off'),
    expect.stringContaining('full_page_writes = off'),
  ]);
});
