// Checks, in the folder given as argument (default: this one), that statements of a room name no table of a room above it:
// an arrow that no import shows. Whose a table is stands in docs/adr/0005-rooms.md, the order of the rooms in
// scripts/rooms.cjs.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import ts from 'typescript';

/** Tables that a file names although its room may not. */
const EXCEPTIONS = {
  // What is copied has the parts of the log.
  'src/database/copy-database.ts': ['log'],
  // Steps of the schema from before tables had rooms. One that has run is known by its name, and cannot be divided.
  'src/log/migrations/1790000008000-log.ts': ['handled'],
  'src/retention/migrations/1790000008100-retention.ts': [
    'allocations',
    'events',
    'inbox',
    'mail_queue',
    'view_lines',
  ],
  // A list of all SKUs needs a row of each, and those out of stock an index: the write model has both (record 15).
  'src/views/queries/batch-finder.ts': ['products'],
  // The write model has the index by which reservations run out. A second one would be written with each reservation.
  'src/views/queries/stock-attention.ts': ['allocations'],
};
/** Questions are answered from views, although their room stands above the write model. */
const NO_WRITE_MODEL = /^src\/views\/(availability|entrypoints|queries)\//;

const folder = resolve(process.argv[2] ?? '.');
const floors = createRequire(import.meta.url)(join(folder, 'scripts/rooms.cjs'));
const rows = readFileSync(join(folder, 'docs/adr/0005-rooms.md'), 'utf8').matchAll(
  /^\| `(\w+)` \|.*\| (.*)\|$/gm,
);
const owners = new Map(
  [...rows].flatMap(([, room, tables]) => [...tables.matchAll(/`(\w+)`/g)].map(([, table]) => [table, room])),
);

const files = readdirSync(join(folder, 'src'), { recursive: true })
  .map((path) => `src/${path.replaceAll('\\', '/')}`)
  .filter((path) => path.endsWith('.ts'));
const problems = files.flatMap(problemsOf);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`Of ${owners.size} tables each is named by rooms that may know it`);

function problemsOf(path) {
  const texts = textsOf(join(folder, path));
  const named = new Set(texts.flatMap(tablesIn));
  const excepted = EXCEPTIONS[path] ?? [];
  const made = texts.flatMap((text) =>
    [...text.matchAll(/CREATE TABLE (\w+) \(/g)].map(([, table]) => table),
  );
  return [
    ...[...named]
      .filter((table) => !excepted.includes(table) && !mayName(path, owners.get(table)))
      .map(
        (table) => `${path} names the table ${table} of ${owners.get(table)}, which its room may not know`,
      ),
    ...excepted
      .filter((table) => !named.has(table))
      .map(
        (table) =>
          `${path} does not name ${table}: take that out of the exceptions of scripts/check-tables.mjs`,
      ),
    ...made
      .filter((table) => floorOf(path) < floors.length && !owners.has(table))
      .map((table) => `${path} makes the table ${table}: docs/adr/0005-rooms.md has to say whose it is`),
  ];
}

/** The texts of a file, each with nothing in the place of what is put into it. */
function textsOf(path) {
  const texts = [];
  const visit = (node) => {
    if (ts.isStringLiteralLike(node)) texts.push(node.text);
    else if (ts.isTemplateExpression(node))
      texts.push(
        [node.head, ...node.templateSpans.map(({ literal }) => literal)].map(({ text }) => text).join(''),
      );
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest));
  return texts;
}

/** The tables that a text names: behind a word of SQL, or by a name that is no word of English. */
function tablesIn(text) {
  const behind =
    /\b(?:FROM|JOIN|INTO|UPDATE|TABLE|ONLY|REFERENCES|ON|OF|LIKE|USING)\s+(\w+(?:(?:\s+(?:AS\s+)?\w+)?,\s*\w+)*)/g;
  const words = [...text.matchAll(behind)].flatMap(([, list]) => list.match(/\w+/g));
  return [...words, ...(text.match(/\b[a-z]+_[a-z_]+\b/g) ?? [])].filter((word) => owners.has(word));
}

function mayName(path, owner) {
  if (owner === roomOf(path)) return true;
  if (NO_WRITE_MODEL.test(path) && owner === 'allocation') return false;
  return floorOf(`src/${owner}/`) < floorOf(path);
}

/** What lies in `src` itself is beneath all; a room that is not listed stands on top. */
function floorOf(path) {
  if (!roomOf(path)) return -1;
  const floor = floors.findIndex((rooms) => rooms.includes(roomOf(path)));
  return floor < 0 ? floors.length : floor;
}

function roomOf(path) {
  return /^src\/(\w+)\//.exec(path)?.[1];
}
