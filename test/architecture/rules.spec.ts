import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

interface Cruise {
  readonly rules: readonly string[];
  readonly found: Record<string, readonly { readonly rule: string; readonly file: string }[]>;
}

const fixtures = join(__dirname, 'fixtures');
const folders = readdirSync(fixtures);

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
