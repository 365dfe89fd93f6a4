import { arrayLiteral } from '../../src/database/array-literal';
import { connected } from '../support/sql';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function readBack(type: string, values: readonly unknown[]): Promise<unknown> {
  const client = await connected(database.url);
  try {
    const { rows } = await client.query<{ read: unknown }>(`SELECT $1::${type}[] AS read`, [
      arrayLiteral(values),
    ]);
    return rows[0].read;
  } finally {
    await client.end();
  }
}

test('texts are read back as they are, whatever characters they have', async () => {
  const texts = [
    '',
    'plain',
    'NULL',
    'a,b',
    '{c}',
    'say "d"',
    'back\\slash',
    '\\"',
    ' blank ',
    'é漢😀',
    'line\nbreak',
  ];
  expect(await readBack('text', [...texts, null, undefined])).toEqual([...texts, null, null]);
});

test('numbers, truth values and instants are read back as they are', async () => {
  expect(await readBack('int', [0, -1, 2_147_483_647, null])).toEqual([0, -1, 2_147_483_647, null]);
  expect(await readBack('boolean', [true, false])).toEqual([true, false]);
  const instants = [new Date('2030-01-31T23:59:59.999Z'), new Date(0)];
  expect(await readBack('timestamptz', instants)).toEqual(instants);
  expect(await readBack('text', [])).toEqual([]);
});

test('a value that an array literal cannot have is refused', () => {
  expect(() => arrayLiteral([{}])).toThrow(TypeError);
});
