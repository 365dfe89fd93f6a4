import { DataSource } from 'typeorm';
import type { DatabaseClient } from '../../src/database/client';
import { dataSourceOptions } from '../../src/database/data-source';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

let database: TestDatabase;
let dataSource: DataSource;
let client: DatabaseClient;

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  const observer = { opened: (opened: DatabaseClient) => void (client = opened) };
  dataSource = await new DataSource(
    dataSourceOptions(database.url, { connections: 1, observer }),
  ).initialize();
});
afterEach(() => dataSource.destroy());
afterAll(() => database.drop());

const backend = async (source: Pick<DataSource, 'query'> = dataSource) => {
  const [{ pid }] = await source.query<{ pid: number }[]>('SELECT pg_backend_pid() AS pid');
  return pid;
};

describe('a connection that is given up', () => {
  test('is not used again when nobody uses it', async () => {
    const before = await backend();
    client.giveUp();
    expect(await backend()).not.toBe(before);
  });

  test('answers the statement that is under way', async () => {
    const before = await backend();
    const underWay = dataSource.query('SELECT pg_sleep(0.1), pg_backend_pid() AS pid');
    await new Promise(setImmediate);
    client.giveUp();
    expect(await underWay).toMatchObject([{ pid: before }]);
    expect(await backend()).not.toBe(before);
  });

  test('stays until the transaction that is under way has ended', async () => {
    await dataSource.query('CREATE TABLE kept (pid int)');
    const before = await backend();
    await dataSource.transaction(async (manager) => {
      await manager.query('INSERT INTO kept VALUES (pg_backend_pid())');
      client.giveUp();
      expect(await backend(manager)).toBe(before);
      await new Promise(setImmediate);
      await manager.query('INSERT INTO kept VALUES (pg_backend_pid())');
    });
    expect(await dataSource.query('SELECT * FROM kept')).toEqual([{ pid: before }, { pid: before }]);
    expect(await backend()).not.toBe(before);
  });
});
