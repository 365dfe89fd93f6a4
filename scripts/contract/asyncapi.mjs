import { resolve, SchemaComparison } from './schemas.mjs';

/**
 * What senders and receivers of one version of the messages could trip over in another.
 * @param before the AsyncAPI document of the last release
 * @param now that of today
 * @returns {import('./schemas.mjs').Finding[]}
 */
export function breaksOfAsyncApi(before, now) {
  const schemas = new SchemaComparison(before, now);
  const findings = [];
  for (const { action, channel } of Object.values(before.operations)) {
    const name = channel.$ref.split('/').at(-1);
    const [old, fresh] = [before, now].map((document) => document.channels[name]);
    const isThere = Object.values(now.operations).some(
      (operation) => operation.action === action && operation.channel.$ref === channel.$ref,
    );
    if (!isThere || fresh.address !== old.address) {
      findings.push({ where: name, part: '', what: isThere ? `is called ${fresh.address} now` : 'is gone' });
      continue;
    }
    const direction = action === 'send' ? 'answer' : 'request';
    for (const [message, { $ref }] of Object.entries(old.messages)) {
      const other = fresh.messages[message];
      if (!other) findings.push({ where: name, part: message, what: 'is gone' });
      else
        schemas.compare(resolve($ref, before).payload, resolve(other.$ref, now).payload, direction, message);
    }
  }
  return [...findings, ...schemas.findings];
}

/**
 * Events whose data breaks its readers although the version of the data is the same. Events are stored for good, so
 * this cannot be declared: without a version of its own nobody can tell the new form from the old one.
 * @param {import('./schemas.mjs').Finding[]} breaks of the messages
 * @returns {string[]}
 */
export function withoutNewVersion(breaks, before, now) {
  const versionIn = ({ components }, type) =>
    components.messages[type]?.payload.properties?.schemaVersion?.const;
  const types = new Set(breaks.map(({ where }) => where));
  return [...types].filter((type) => {
    const version = versionIn(before, type);
    return version !== undefined && version === versionIn(now, type);
  });
}
