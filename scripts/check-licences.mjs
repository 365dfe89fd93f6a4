// Checks the licences of what is installed with the service, as the lock file of the folder given as argument (default:
// this one) has them: each must be one that asks for no more than that its text is kept. With --list it prints them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ALLOWED = new Set([
  ...[
    '0BSD',
    'Apache-2.0',
    'BlueOak-1.0.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'ISC',
    'MIT',
    'MIT-0',
    'PostgreSQL',
  ],
  // In the public domain.
  'Unlicense',
  // Of argparse: permissive, as the licence of Python itself.
  'Python-2.0',
]);

const args = process.argv.slice(2);
const folder = args.find((arg) => !arg.startsWith('--')) ?? '.';
const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
// Packages of this repository are no dependencies.
const shipped = Object.entries(packages)
  .filter(([path, { dev, link }]) => path.includes('node_modules/') && !dev && !link)
  .map(([path, { version, license }]) => ({ name: path.split('node_modules/').at(-1), version, license }))
  .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));

if (args.includes('--list')) {
  const lines = shipped.map(({ name, version, license }) => `${name} ${version}: ${license ?? 'not said'}`);
  console.log([...new Set(lines)].join('\n'));
}
const refused = shipped.filter(({ license }) => !isAllowed(license));
for (const { name, version, license } of refused)
  console.error(
    `${name} ${version} has the licence ${license ?? '(not said)'}, which is not on the list of ` +
      'scripts/check-licences.mjs: read it, then add it there, or use another package',
  );
if (refused.length > 0) process.exit(1);
console.log(`${shipped.length} packages, each with a licence on the list`);

/** Of `(MIT OR GPL-3.0)` one is enough; of `(MIT AND CC-BY-4.0)` each must be on the list. */
function isAllowed(license = '') {
  const text = license.replace(/^\((.*)\)$/, '$1');
  if (text.includes(' AND ')) return text.split(' AND ').every((part) => isAllowed(part));
  if (text.includes(' OR ')) return text.split(' OR ').some((part) => isAllowed(part));
  return ALLOWED.has(text);
}
