// Checks the lock file of the folder given as argument (default: this one), for what `npm ci` notices too
// late or only on another machine. npm drops an optional package without a word when it cannot be had at
// the moment of locking; then the install fails, or lacks its binary, wherever that package is the one needed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2] ?? '.';
const read = (file) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
const declared = read('package.json');
const { packages, lockfileVersion } = read('package-lock.json');

const problems = [
  ...(lockfileVersion === 3 ? [] : [`lockfileVersion is ${lockfileVersion}; write it with npm 7 or newer`]),
  ...outOfStep(),
  ...missingOptionals(),
  ...untrustedSources(),
  ...undecidedScripts(),
];

for (const problem of problems) console.error(`package-lock.json: ${problem}`);
if (problems.length > 0) process.exit(1);
console.log(`package-lock.json: ${Object.keys(packages).length - 1} packages, nothing missing`);

/** What package.json asks for and the lock file does not hold, or the other way round. */
function outOfStep() {
  const sections = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
  return sections.flatMap((section) => {
    const [wanted, locked] = [declared[section] ?? {}, packages[''][section] ?? {}];
    return Object.keys({ ...wanted, ...locked })
      .filter(
        (name) =>
          wanted[name] !== locked[name] || (/^\d/.test(wanted[name]) && !isLockedAt(name, wanted[name])),
      )
      .map((name) => `${section} ${name} is not locked as package.json says; run npm install`);
  });
}

function isLockedAt(name, version) {
  return packages[`node_modules/${name}`]?.version === version;
}

/** Optional packages, which is how binaries for each platform are shipped, that npm left out. */
function missingOptionals() {
  return Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
    Object.keys(optionalDependencies ?? {})
      .filter((name) => !lookup(path, name))
      .map(
        (name) =>
          `${name} is missing, which ${path || 'package.json'} names as optional; pin another version`,
      ),
  );
}

/** Finds a package as Node does: in the node_modules of the one that asks, then further and further out. */
function lookup(path, name) {
  const inside = packages[`${path && `${path}/`}node_modules/${name}`];
  if (inside || path === '') return inside;
  return lookup(path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/'))), name);
}

/** Packages whose content is not pinned, or that come from somewhere else than the rest. */
function untrustedSources() {
  // Workspaces lie in this repository; node_modules has links to them.
  const isOurs = ([path, { link }]) => link || !path.includes('node_modules/');
  const locked = Object.entries(packages).filter((each) => !isOurs(each));
  const foreign = locked.filter(([path, entry]) => entry.resolved && !isRegistryTarball(path, entry));
  const hosts = new Set(locked.flatMap(([, { resolved }]) => /^https:\/\/[^/]+/.exec(resolved) ?? []));
  return [
    ...locked.filter(([, { integrity }]) => !integrity).map(([path]) => `${path} has no integrity`),
    ...foreign.map(([path, { resolved }]) => `${path} comes from ${resolved}, not from a registry`),
    ...(hosts.size > 1 ? [`packages come from several hosts: ${[...hosts].join(', ')}`] : []),
  ];
}

/** Packages that run something when they are installed, of which package.json does not say whether they may. */
function undecidedScripts() {
  const names = Object.entries(packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path, { name = path.split('node_modules/').at(-1) }]) => name);
  return [...new Set(names)]
    .filter((name) => declared.allowScripts?.[name] === undefined)
    .map((name) => `${name} has an install script; allow or deny it by name in allowScripts of package.json`);
}

/** A registry serves a package at `https://…/name/-/basename-version.tgz`. */
function isRegistryTarball(path, { name = path.split('node_modules/').at(-1), resolved, version }) {
  return (
    resolved.startsWith('https://') &&
    resolved.endsWith(`/${name}/-/${name.split('/').at(-1)}-${version}.tgz`)
  );
}
