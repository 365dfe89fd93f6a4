// Makes the documents and the entries of the changelog those of the version that package.json names, in the folder given
// as argument (default: this one). From then on `npm run check:contract` compares with them.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { released, unreleased } from './contract/changelog.mjs';

const folder = process.argv[2] ?? '.';
const at = (file) => join(folder, file);
const read = (file) => readFileSync(at(file), 'utf8');
const { version } = JSON.parse(read('package.json'));
const { version: last } = JSON.parse(read('contract/openapi.json')).info;
const entries = unreleased(read('CHANGELOG.md'));
const isBreaking = entries.some((entry) => entry.startsWith('**Breaking:**'));

if (version === last) refuse(`Version ${last} is released already; choose the next one with npm version`);
if (entries.length === 0) refuse('CHANGELOG.md says nothing of what has changed, under "Unreleased"');
if (isBreaking && line(version) === line(last))
  refuse(
    `Something breaks clients of ${last}, so ${version} is too little: the first number that is not 0 has to rise`,
  );

for (const document of ['openapi.json', 'asyncapi.json']) {
  if (JSON.parse(read(document)).info.version !== version)
    refuse(`${document} is not of version ${version}; write it anew with: npm run documents`);
  copyFileSync(at(document), at(`contract/${document}`));
}
const today = new Date().toISOString().slice(0, 10);
writeFileSync(at('CHANGELOG.md'), released(read('CHANGELOG.md'), version, today));
console.log(`Version ${version} is ready: commit it, and tag it v${version}`);

/** Versions that do not break each other's clients: 1.2.3 and 1.4.0 are of the line 1, 0.2.1 and 0.2.2 of 0.2. */
function line(of) {
  const [major, minor] = of.split('.');
  return major === '0' ? `0.${minor}` : major;
}

function refuse(why) {
  console.error(why);
  process.exit(1);
}
