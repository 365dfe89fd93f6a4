import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(__dirname, '../..');
const OF_THE_REPOSITORY = ['docs/adr/0005-rooms.md', 'scripts/rooms.cjs'];

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'check-tables-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** @returns what the check says of files that have these statements */
function check(statements: Record<string, string>): string[] {
  for (const path of OF_THE_REPOSITORY) cpSync(join(root, path), join(folder, path));
  for (const [path, statement] of Object.entries(statements)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `const sql = (x: string) => \`${statement}\`; // FROM api_keys`);
  }
  const script = join(root, 'scripts/check-tables.mjs');
  const { stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
  return stderr.trim().split('\n').filter(Boolean).toSorted();
}

test('a room may name its own tables, and those of rooms beneath it', () => {
  const fine = {
    'src/log/a.ts': 'UPDATE readers SET position = ${x}; DELETE FROM outbox',
    'src/messaging/a.ts': 'INSERT INTO dead_letters SELECT * FROM log AS l, readers r',
    'src/shipments/migrations/a.ts': 'CREATE TABLE daily_shipments (day date); SELECT FROM orders',
  };
  expect(check(fine)).toEqual([]);
});

test('a table of a room above, beside or behind a rule is refused, wherever it stands in the statement', () => {
  const refused = {
    'src/allocation/a.ts': 'SELECT * FROM batches b, log_head h WHERE ${x}',
    'src/database/a.ts': 'LOCK TABLE products IN ACCESS EXCLUSIVE MODE',
    'src/feed/a.ts': 'SELECT 1 FROM log JOIN done_events d USING (event_id)',
    'src/views/queries/a.ts': 'SELECT sku FROM batches',
    'src/ids.ts': 'SELECT 1 FROM retention',
  };
  expect(check(refused)).toEqual([
    'src/allocation/a.ts names the table log_head of log, which its room may not know',
    'src/database/a.ts names the table products of allocation, which its room may not know',
    'src/feed/a.ts names the table done_events of messaging, which its room may not know',
    'src/ids.ts names the table retention of retention, which its room may not know',
    'src/views/queries/a.ts names the table batches of allocation, which its room may not know',
  ]);
});

test('a new table has to be somebody’s, and an exception goes with its reason', () => {
  const statements = {
    'src/log/migrations/a.ts': 'CREATE TABLE parcels (id uuid)',
    'src/views/queries/stock-attention.ts': 'SELECT 1 FROM view_lines',
  };
  expect(check(statements)).toEqual([
    'src/log/migrations/a.ts makes the table parcels: docs/adr/0005-rooms.md has to say whose it is',
    'src/views/queries/stock-attention.ts does not name allocations: take that out of the exceptions of scripts/check-tables.mjs',
  ]);
});
