const UNRELEASED = '## [Unreleased]';

/**
 * The entries of what has changed since the last release.
 * @param {string} changelog in the form of Keep a Changelog
 * @returns {string[]} each on one line, without its bullet
 */
export function unreleased(changelog) {
  const [, section = ''] = changelog.split(`${UNRELEASED}\n`);
  return section
    .split(/^## /m)[0]
    .split(/^- /m)
    .slice(1)
    .map((entry) => entry.split(/^#/m)[0].replaceAll(/\s+/g, ' ').trim());
}

/** The same changelog, whose entries are those of a version that is released on that day. */
export function released(changelog, version, day) {
  return changelog.replace(UNRELEASED, `${UNRELEASED}\n\n## [${version}] - ${day}`);
}
