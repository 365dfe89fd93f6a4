const FORM = 'postgres://user:password@host:5432/database';
const FORM_OF_SEVERAL = 'postgres://user:password@host1:5432,host2:5432/database';

/** The modes that the driver knows; of libpq's it lacks `allow`. */
const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];

/** The values of libpq's `target_session_attrs` that lead to the primary, which is meant without one, too. */
const SESSION_ATTRS = ['read-write', 'primary'];

/**
 * Says what is wrong with the URL of a PostgreSQL database, to follow the name of the setting: "must name a host".
 * Undefined: the driver parses it as intended. The message never quotes the URL: with an unescaped character in it any
 * part may be the password.
 */
export function flawOfDatabaseUrl(value: string): string | undefined {
  const urls = urlsOfHosts(value);
  const flaw = urls.map(flawOfUrl).find((found) => found !== undefined);
  if (flaw) return flaw;
  const { searchParams } = placeIn(urls[0])!;
  const isSeveral = urls.length > 1;
  if (
    isSeveral ? searchParams.has('host') || searchParams.has('port') : searchParams.get('host')?.includes(',')
  ) {
    return `must name several hosts before the database, as in ${FORM_OF_SEVERAL}`;
  }
  const attrs = searchParams.get('target_session_attrs');
  if (attrs !== null && !SESSION_ATTRS.includes(attrs)) {
    return `must have one of these as its target_session_attrs, or none: ${SESSION_ATTRS.join(', ')}`;
  }
  return undefined;
}

/** The same of the URL of one host. */
function flawOfUrl(value: string): string | undefined {
  if (!/^postgres(ql)?:\/\/./.test(value)) return `must look like ${FORM}`;
  const place = placeIn(value);
  if (place ? place.port === '0' : placeIn(value.replace(/:\d+(?=\/[^@]*$)/, '')))
    return 'must have a port from 1 to 65535';
  // A slash in the password that is not encoded ends the host: the rest of the password, with the @, becomes the path.
  if (!place || /[\s#]|%(?![\da-f]{2})/i.test(value) || !isDecodable(value) || place.path.includes('@')) {
    return (
      `must look like ${FORM}, with special characters percent-encoded: ` +
      '% as %25, # as %23, / as %2F, ? as %3F, @ as %40, a blank as %20'
    );
  }
  if (!place.host) return `must name a host, as in ${FORM}`;
  if (place.path.length < 2) return `must name a database, as in ${FORM}`;
  const sslMode = place.searchParams.get('sslmode');
  if (sslMode !== null && !SSL_MODES.includes(sslMode)) {
    return `must have one of these as its sslmode: ${SSL_MODES.join(', ')}`;
  }
  return undefined;
}

/**
 * One URL for each host that the URL of a database names, in their order; for one host the URL as it is. The driver, and
 * `URL`, know of one host alone.
 */
export function urlsOfHosts(value: string): string[] {
  // What is before the last @ belongs to the login, in which a comma may stand.
  const parts = /^(\w+:\/\/(?:[^/?#]*@)?)([^/?#@]*)(.*)$/s.exec(value);
  if (!parts?.[2].includes(',')) return [value];
  const [, login, hosts, rest] = parts;
  return hosts.split(',').map((host) => login + host + rest);
}

/** Where the database is, without user and password: `host:5432/database`. For messages. */
export function placeOfDatabase(value: string): string {
  const places = urlsOfHosts(value).map(placeIn);
  if (!places.every((place) => place !== undefined)) return 'the database';
  const hosts = places.map(({ host, port }) => `${decodeURIComponent(host)}:${port}`);
  return hosts.join(',') + places[0].path;
}

/** @returns undefined when this is no URL */
function placeIn(value: string) {
  // The folder of a Unix socket may be the parameter `host`. To a URL of its own nobody can log in without a host.
  for (const text of [value, value.replace('@/', '@nowhere/')]) {
    if (!URL.canParse(text)) continue;
    const { hostname, port, pathname: path, searchParams } = new URL(text);
    const host = searchParams.get('host') ?? (text === value ? hostname : '');
    return { host, port: port || '5432', path, searchParams };
  }
  return undefined;
}

function isDecodable(text: string): boolean {
  try {
    return decodeURIComponent(text) !== undefined;
  } catch {
    return false;
  }
}
