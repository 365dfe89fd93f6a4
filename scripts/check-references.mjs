// Checks that what is named exists, in the folder given as argument (default: this one): the rules, promises and decision
// records that code, tests and documents name by their numbers, and the files, headings and functions to which documents
// link. A number without its rule, or a tour that leads past the code, is worse than none.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import ts from 'typescript';

const folder = process.argv[2] ?? '.';
const RULES = 'docs/rules.md';
const README = 'README.md';
const RECORDS = 'docs/adr/README.md';

const texts = new Map(textFiles().map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
const rules = {
  kind: 'rule',
  where: RULES,
  inForce: points(RULES, 'Rules in force'),
  toCome: points(RULES, 'Rules to come'),
};
const promises = {
  kind: 'promise',
  where: README,
  inForce: points(README, 'What it promises'),
  toCome: points(RULES, 'Promises to come'),
};

const records = { kind: 'record', where: RECORDS, inForce: recordsByNumber(), toCome: new Map() };

const problems = [
  ...[rules, promises].flatMap((list) => [...givenTwice(list), ...unknown(list), ...untested(list)]),
  ...unlikePromises(),
  ...unknown(records),
  ...notListed(),
  ...brokenLinks(),
  ...missingFiles(),
];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(
  `${rules.inForce.size} rules and ${promises.inForce.size} promises are tested, every link leads somewhere`,
);

/** What is written by hand, as paths with `/`. */
function textFiles() {
  const written = ['src', 'test', 'bench', 'docs', 'examples', 'packages'].flatMap((top) =>
    existsSync(join(folder, top))
      ? readdirSync(join(folder, top), { recursive: true }).map((path) =>
          posix.join(top, path.replaceAll('\\', '/')),
        )
      : [],
  );
  return [README, 'CONTRIBUTING.md', 'CHANGELOG.md', ...written].filter(
    (path) =>
      /\.(ts|js|mjs|cjs|md)$/.test(path) &&
      !/\b(node_modules|dist)\//.test(path) &&
      existsSync(join(folder, path)),
  );
}

/** The points of the numbered lists in a section of a document, by their numbers. */
function points(path, heading) {
  const sections = (texts.get(path) ?? '').split(/^## /m);
  const section = sections.find((part) => part.split('\n', 1)[0] === heading) ?? '';
  return new Map([...section.matchAll(/^(\d+)\. (.*)/gm)].map(([, number, text]) => [Number(number), text]));
}

/** The decision records, each with its file, by the numbers in their headings. */
function recordsByNumber() {
  const found = new Map();
  for (const [path, text] of texts) {
    const number = /^docs\/adr\/\d+-.*\.md$/.test(path) && /^# (\d+)\. /.exec(text)?.[1];
    if (number) found.set(Number(number), path);
  }
  return found;
}

/** Records without their line in the index of them. */
function notListed() {
  const index = texts.get(RECORDS) ?? '';
  return [...records.inForce.values()]
    .map((path) => `[${texts.get(path).split('\n', 1)[0].slice('# '.length)}](${basename(path)})`)
    .filter((line) => !index.split('\n').includes(`- ${line}`))
    .map((line) => `${RECORDS}: the line "- ${line}" is missing`);
}

/** Points that are in force and still yet to come. */
function givenTwice({ kind, where, inForce, toCome }) {
  return [...toCome.keys()]
    .filter((number) => inForce.has(number))
    .map((number) => `${RULES}: ${kind} ${number} is in force by ${where}, and yet to come`);
}

/** Files that a document names in backticks, by the end of their path. The guide to modules names those that it has one write. */
function missingFiles() {
  const all = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^(node_modules|dist|coverage|\.git|\.data)$/.test(entry.name))
    .flatMap(({ name }) =>
      readdirSync(join(folder, name), { recursive: true }).map(
        (path) => `/${name}/${path.replaceAll('\\', '/')}`,
      ),
    );
  const named = /`([\w./-]+\/[\w.-]+\.(?:ts|mjs|cjs|js|json|yml))`/g;
  return [...texts]
    .filter(([path]) => path.endsWith('.md') && path !== 'docs/write-a-module.md')
    .flatMap(([path, text]) =>
      [...text.matchAll(named)]
        .filter(([, file]) => !file.startsWith('.') && !all.some((one) => one.endsWith(`/${file}`)))
        .map(({ index, 1: file }) => `${path}:${lineAt(text, index)}: there is no file ${file}`),
    );
}

/** Where a text names points of the list: 'rule 7', 'rules 1, 2 and 5', across the lines of a comment. */
function citations(text, kind) {
  const gap = String.raw`(?:[ \t]+|[ \t]*\n[ \t]*(?:(?:\*|//|--|#|>)[ \t]*)?)`;
  const more = String.raw`(?:(?:,${gap}(?:and${gap})?|${gap}(?:and|or|to)${gap})\d+)*`;
  const named = new RegExp(String.raw`\b${kind}s?${gap}(\d+${more})`, 'gi');
  return [...text.matchAll(named)].flatMap(({ index, 1: numbers }) =>
    numbers.match(/\d+/g).map((number) => ({ number: Number(number), line: lineAt(text, index) })),
  );
}

function lineAt(text, index) {
  return text.slice(0, index).split('\n').length;
}

/** Numbers without a point, and points that are named in code although they are not built yet. */
function unknown({ kind, where, inForce, toCome }) {
  return [...texts].flatMap(([path, text]) =>
    citations(text, kind)
      .filter(({ number }) => !inForce.has(number) && !(path.endsWith('.md') && toCome.has(number)))
      .map(({ number, line }) => {
        const state = toCome.has(number) ? 'is yet to come' : 'does not exist';
        return `${path}:${line}: ${kind} ${number} ${state}, see ${where}`;
      }),
  );
}

/** Points in force that no test has in its name. */
function untested({ kind, where, inForce }) {
  const tests = [...texts].filter(
    ([path, text]) => /^test\/.*\.ts$/.test(path) && citations(text, kind).length > 0,
  );
  const tested = new Set(
    tests.flatMap(([path, text]) =>
      titles(path, text).flatMap((title) => citations(title, kind).map((c) => c.number)),
    ),
  );
  return [...inForce.keys()]
    .filter((number) => !tested.has(number))
    .map((number) => `${where}: ${kind} ${number} is in the name of no test`);
}

/** The names of tests and groups of tests: texts that are handed over together with a function. */
function titles(path, text) {
  const found = [];
  visit(parse(path, text), (node) => {
    if (!ts.isCallExpression(node) || !node.arguments.some(ts.isFunctionLike)) return;
    const [title] = node.arguments;
    if (ts.isStringLiteralLike(title) || ts.isTemplateExpression(title)) found.push(title.getText());
  });
  return found;
}

/** The promises have their wording in the README, and their names in the document of the rules as well. */
function unlikePromises() {
  const name = (text) => /^\*\*(.*?)\.?\*\*/.exec(text ?? '')?.[1];
  const listed = points(RULES, 'Promises in force');
  return [...new Set([...promises.inForce.keys(), ...listed.keys()])]
    .filter((number) => name(promises.inForce.get(number)) !== name(listed.get(number)))
    .map((number) => `${RULES}: promise ${number} has another name than in ${README}`);
}

/** Links of documents to files, headings or declarations that do not exist. */
function brokenLinks() {
  return [...texts].flatMap(([path, text]) => {
    if (!path.endsWith('.md')) return [];
    const links = [...text.matchAll(/\[([^\]]*)\]\(([^)\s]+)\)/g)].filter(([, , to]) => !/^[a-z]+:/.test(to));
    return links.flatMap(({ index, 1: label, 2: to }) => {
      const complaint = brokenLink(path, label, to);
      return complaint ? [`${path}:${lineAt(text, index)}: ${complaint}`] : [];
    });
  });
}

function brokenLink(from, label, to) {
  const [file, heading] = to.split('#');
  const target = file === '' ? from : posix.join(dirname(from), file);
  if (!existsSync(join(folder, target))) return `there is no ${target}`;
  if (heading !== undefined && !headings(target).has(heading)) return `${target} has no heading #${heading}`;
  if (!target.endsWith('.ts')) return undefined;
  // A label of code says what is to be found in the file.
  const names = [...label.matchAll(/`([\w.]+)`/g)]
    .map(([, name]) => name)
    .filter((name) => name !== basename(target));
  const missing = names.filter((name) => !declarations(target).has(name));
  return missing.length > 0 ? `${target} declares no ${missing.join(', ')}` : undefined;
}

/** The headings of a document as links name them. */
function headings(path) {
  const lines = (texts.get(path) ?? '').matchAll(/^#+ (.*)/gm);
  return new Set(
    [...lines].map(([, title]) =>
      title
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** What a source file declares: `name`, and `Name.member` for what is inside of it. */
function declarations(path) {
  const names = new Set();
  visit(parse(path, readFileSync(join(folder, path), 'utf8')), (node) => {
    if (!node.name || !ts.isIdentifier(node.name)) return;
    const owner = node.parent.name?.text;
    if (ts.isClassElement(node) || ts.isTypeElement(node)) names.add(`${owner}.${node.name.text}`);
    else names.add(node.name.text);
  });
  return names;
}

function parse(path, text) {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

function visit(node, see) {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}
