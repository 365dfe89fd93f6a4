import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Cruise {
  readonly rules: readonly string[];
  readonly found: Record<string, readonly { readonly rule: string; readonly file: string }[]>;
}

const fixtures = join(__dirname, 'fixtures');
const folders = readdirSync(fixtures);
const root = join(__dirname, '../..');

/**
 * The folder of a rule holds a small tree. What has "breaks" in its path breaks the rule; the other
 * files do what the rule allows.
 */
describe('the architecture rules', () => {
  let cruise: Cruise;

  beforeAll(() => {
    const script = join(__dirname, 'cruise-fixtures.mjs');
    cruise = JSON.parse(execFileSync(process.execPath, [script], { encoding: 'utf8' })) as Cruise;
  });

  test('have a fixture each', () => {
    expect(folders.toSorted()).toEqual(cruise.rules.toSorted());
  });

  test.each(folders)('include %s, which reports what breaks it and nothing else', (rule) => {
    const files = readdirSync(join(fixtures, rule), { recursive: true, encoding: 'utf8' });
    const breaking = files.filter((file) => /breaks.*\.ts$/.test(file)).map((file) => ({ rule, file }));

    expect(breaking).not.toEqual([]);
    expect(cruise.found[rule]).toHaveLength(breaking.length);
    expect(cruise.found[rule]).toEqual(expect.arrayContaining(breaking));
  });
});

describe('the order of the rooms', () => {
  const floors = jest.requireActual<string[][]>('../../scripts/rooms.cjs');
  const record = readFileSync(join(root, 'docs/adr/0005-rooms.md'), 'utf8');

  test('names folders of src, each once', () => {
    const listed = floors.flat();
    expect(listed).toEqual([...new Set(listed)]);
    expect(readdirSync(join(root, 'src'))).toEqual(expect.arrayContaining(listed));
  });

  test('is drawn in its record, which says of each room what may be written in it', () => {
    const drawn = [...record.matchAll(/\["(.+?)"\]/g)].map(([, rooms]) => rooms.split(' · '));
    expect(drawn.toReversed()).toEqual(floors);
    expect(floors.flat().filter((room) => !record.includes(`\n| \`${room}\` |`))).toEqual([]);
  });
});
