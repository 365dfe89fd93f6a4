// Compares openapi.json and asyncapi.json with those of the last release (contract/), in the folder given as argument
// (default: this one), and fails on what would break clients, unless CHANGELOG.md declares it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { breaksOfAsyncApi, withoutNewVersion } from './contract/asyncapi.mjs';
import { unreleased } from './contract/changelog.mjs';
import { breaksOfOpenApi } from './contract/openapi.mjs';

const folder = process.argv[2] ?? '.';
const read = (file) => readFileSync(join(folder, file), 'utf8');
const [api, messages] = ['openapi.json', 'asyncapi.json'].map((file) => ({
  before: JSON.parse(read(`contract/${file}`)),
  now: JSON.parse(read(file)),
}));

const breaksOfMessages = breaksOfAsyncApi(messages.before, messages.now);
const breaks = [...breaksOfOpenApi(api.before, api.now), ...breaksOfMessages];
const declared = unreleased(read('CHANGELOG.md')).filter((entry) => entry.startsWith('**Breaking:**'));
const isDeclared = ({ where, part }) =>
  declared.some((entry) => entry.includes(`\`${where}\``) && entry.includes(part && `\`${part}\``));
const undeclared = breaks.filter((each) => !isDeclared(each));
const unversioned = withoutNewVersion(breaksOfMessages, messages.before, messages.now);

for (const { where, part, what } of undeclared)
  console.error(`- **Breaking:** \`${where}\`${part && ` \`${part}\``} ${what}`);
if (undeclared.length > 0)
  console.error(
    '\nThis breaks clients of the last release. Keep the old form beside the new one, or declare it: lines like those ' +
      'above belong under "Unreleased" in CHANGELOG.md, with what to do about it.',
  );
for (const type of unversioned)
  console.error(`The data of the event ${type} is another: raise its version in event-schemas.ts`);
if (undeclared.length + unversioned.length > 0) process.exit(1);
console.log(`Nothing breaks clients of ${api.before.info.version} that is not declared`);
