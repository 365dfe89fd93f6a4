const FORM = 'postgres://user:password@host:5432/database';

/** The modes that the driver knows; of libpq's it lacks `allow`. */
const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];

/**
 * Says what is wrong with the URL of a PostgreSQL database, to follow the name of the setting: "must name a host".
 * Undefined: the driver can take it apart, and finds in it what was meant. Nothing of the URL is repeated, since any
 * part may be a piece of a password in which a sign stands that means something else in a URL.
 */
export function flawOfDatabaseUrl(value: string): string | undefined {
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
  if (place.sslMode !== null && !SSL_MODES.includes(place.sslMode)) {
    return `must have one of these as its sslmode: ${SSL_MODES.join(', ')}`;
  }
  return undefined;
}

/** Where the database is, without user and password: `host:5432/database`. For messages. */
export function placeOfDatabase(value: string): string {
  const place = placeIn(value);
  return place ? `${decodeURIComponent(place.host)}:${place.port}${place.path}` : 'the database';
}

/** @returns undefined when this is no URL */
function placeIn(value: string) {
  // The folder of a Unix socket may be the parameter `host`. To a URL of its own nobody can log in without a host.
  for (const text of [value, value.replace('@/', '@nowhere/')]) {
    if (!URL.canParse(text)) continue;
    const { hostname, port, pathname: path, searchParams } = new URL(text);
    const host = searchParams.get('host') ?? (text === value ? hostname : '');
    return { host, port: port || '5432', path, sslMode: searchParams.get('sslmode') };
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
