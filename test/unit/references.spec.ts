import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const script = join(__dirname, '../../scripts/check-references.mjs');
// The check reads this file, too, and must not take the repositories below for the one that it is in.
const [RULE, PROMISE, RECORD] = ['rule', 'promise', 'record'];

describe('the check of references', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'references-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function check(repository: Record<string, string[]>): { status: number | null; output: string[] } {
    for (const [path, lines] of Object.entries(repository)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), lines.join('\n'));
    }
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
    return { status, output: (stdout + stderr).trim().split('\n') };
  }

  test('accepts what exists: rules and promises by number, files, headings, functions and methods', () => {
    const { status, output } = check({
      'README.md': [
        '[rules](docs/rules.md#rules-in-force)',
        '## What it promises',
        '1. **Durable.** It stays.',
      ],
      'CONTRIBUTING.md': ['From [`Shop.open`](src/shop.ts) to [`sell`](src/shop.ts), later by rule 3.'],
      'docs/rules.md': [
        '## Rules in force',
        '1. Sell what is there.',
        '2. The oldest first.',
        '## Promises in force',
        '1. **Durable**',
        '## Rules to come',
        '3. Wait.',
      ],
      'docs/adr/README.md': ['- [1. One till](0001-one-till.md)'],
      'docs/adr/0001-one-till.md': ['# 1. One till'],
      'src/page/till.js': [`// One till (${RECORD} 1).`],
      'src/shop.ts': [
        `/** By the ${RULE}s`,
        ' * 1 and 2. */',
        'export class Shop { open() {} }',
        'export const sell = () => undefined;',
      ],
      'test/shop.spec.ts': [
        `describe('a shop (${RULE} 2)', () => {`,
        `  test.each([1])('sells what is there (${RULE} 1)', () => {});`,
        `  test(\`keeps \${1} ${PROMISE} (${PROMISE} 1)\`, () => {});`,
        '});',
      ],
    });

    expect(output).toEqual(['2 rules and 1 promises are tested, every link leads somewhere']);
    expect(status).toBe(0);
  });

  test('names what does not exist, or is in the name of no test, and where', () => {
    const { status, output } = check({
      'README.md': ['[rules](docs/rules.md#rules)', '## What it promises', '1. **Durable.** It stays.'],
      'CONTRIBUTING.md': ['', '[`Shop.open`](src/shop.ts), [`sell`](src/shop.ts), [more](src/store.ts)'],
      'CHANGELOG.md': ['[the contract](CONTRIBUTING.md#the-contract)'],
      'examples/shop/README.md': ['[the shop](../../src/old-shop.ts)'],
      'packages/client/README.md': ['[the service](../README.md)'],
      'docs/rules.md': [
        '## Rules in force',
        '1. Sell what is there.',
        '4. The oldest first.',
        '## Promises in force',
        '1. **Fast**',
        '## Rules to come',
        '3. Wait.',
        '4. Count.',
      ],
      'docs/adr/README.md': ['- [1. A till](0001-one-till.md)'],
      'docs/adr/0001-one-till.md': [
        '# 1. One till',
        '',
        `By ${RECORD}s 1 and 2; \`src/shop.ts\`, \`page/old-till.js\`.`,
      ],
      'src/page/till.js': [`// ${RECORD.toUpperCase()} 3; ${RULE} 5.`],
      'src/shop.ts': [
        'export class Shop { close() {} }',
        `// By ${RULE}s 1 and`,
        '// 2; sell(open()).',
        `/* By ${RULE} 3. */`,
      ],
      'test/shop.spec.ts': [`test('sells (${RULE} 1)', () => {}); // By ${RULE} 4, and ${PROMISE} 1.`],
    });

    expect(output).toEqual([
      'docs/rules.md: rule 4 is in force by docs/rules.md, and yet to come',
      'src/shop.ts:2: rule 2 does not exist, see docs/rules.md',
      'src/shop.ts:4: rule 3 is yet to come, see docs/rules.md',
      'src/page/till.js:1: rule 5 does not exist, see docs/rules.md',
      'docs/rules.md: rule 4 is in the name of no test',
      'README.md: promise 1 is in the name of no test',
      'docs/rules.md: promise 1 has another name than in README.md',
      'src/page/till.js:1: record 3 does not exist, see docs/adr/README.md',
      'docs/adr/0001-one-till.md:3: record 2 does not exist, see docs/adr/README.md',
      'docs/adr/README.md: the line "- [1. One till](0001-one-till.md)" is missing',
      'README.md:1: docs/rules.md has no heading #rules',
      'CONTRIBUTING.md:2: src/shop.ts declares no Shop.open',
      'CONTRIBUTING.md:2: src/shop.ts declares no sell',
      'CONTRIBUTING.md:2: there is no src/store.ts',
      'CHANGELOG.md:1: CONTRIBUTING.md has no heading #the-contract',
      'examples/shop/README.md:1: there is no src/old-shop.ts',
      'packages/client/README.md:1: there is no packages/README.md',
      'docs/adr/0001-one-till.md:3: there is no file page/old-till.js',
    ]);
    expect(status).toBe(1);
  });
});
