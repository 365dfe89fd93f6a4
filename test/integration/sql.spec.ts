import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/database/data-source';
import { Sql } from '../../src/database/sql';
import { Unavailable } from '../../src/unavailable';
import { TcpProxy } from '../support/tcp-proxy';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await createDataSource(database.url).initialize();
  await dataSource.query('CREATE TABLE kept (id int PRIMARY KEY)');
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});
beforeEach(() => dataSource.query('TRUNCATE kept'));

describe.each([true, false])('statements (prepared: %s)', (isPrepared) => {
  const sql = () => new Sql(dataSource, { isPrepared });

  test('answer their rows and how many they have written, of whatever kind they are', async () => {
    expect(await sql().rows('INSERT INTO kept SELECT generate_series(1, $1::int) RETURNING id', [3])).toEqual(
      [{ id: 1 }, { id: 2 }, { id: 3 }],
    );
    expect(await sql().rows('UPDATE kept SET id = id + 10 WHERE id > $1 RETURNING id', [2])).toEqual([
      { id: 13 },
    ]);
    expect(await sql().rows('DELETE FROM kept WHERE id = $1', [13])).toEqual([]);
    expect(await sql().row('SELECT max(id) AS largest FROM kept')).toEqual({ largest: 2 });
    expect(await sql().row('SELECT id FROM kept WHERE id = $1', [99])).toBeUndefined();
    expect(await sql().count('DELETE FROM kept')).toBe(2);
  });

  test('in a transaction are kept together or not at all', async () => {
    const failing = sql().transaction(async (transaction) => {
      expect(await transaction.count('INSERT INTO kept VALUES (1), (2)')).toBe(2);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await sql().rows('SELECT id FROM kept')).toEqual([]);

    const id = await sql().transaction((transaction) =>
      transaction.row<{ id: number }>('INSERT INTO kept VALUES (3) RETURNING id'),
    );
    expect(id).toEqual({ id: 3 });
    expect(await sql().rows('SELECT id FROM kept')).toEqual([{ id: 3 }]);
  });

  test('say that the database cannot serve, and otherwise what is wrong with them', async () => {
    await expect(sql().rows('SELECT nonsense')).rejects.toThrow('column "nonsense" does not exist');
    await expect(sql().rows('SELECT pg_terminate_backend(pg_backend_pid())')).rejects.toThrow(Unavailable);
    const cutOff = sql().transaction((transaction) =>
      transaction.rows('SELECT pg_terminate_backend(pg_backend_pid())'),
    );
    await expect(cutOff).rejects.toThrow(Unavailable);
    expect(await sql().row('SELECT 1 AS one')).toEqual({ one: 1 });
  });
});

test('a transaction that gets no answer any more is given up at once, without waiting for one to its rollback', async () => {
  const proxy = await TcpProxy.to(database.url);
  const away = await createDataSource(proxy.url).initialize();
  try {
    const given = new Sql(away, { answerMs: 300 }).transaction(async (transaction) => {
      await transaction.count('INSERT INTO kept VALUES (1)');
      proxy.freeze();
      await transaction.count('INSERT INTO kept VALUES (2)');
    });
    await expect(given).rejects.toThrow('The database does not answer');
    proxy.open();
    expect(await new Sql(away).rows('SELECT id FROM kept')).toEqual([]);
  } finally {
    await proxy.stop();
    await away.destroy();
  }
});
