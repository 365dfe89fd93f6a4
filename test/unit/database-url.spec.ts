import { Client } from 'pg';
import { flawOfDatabaseUrl, placeOfDatabase, urlsOfHosts } from '../../src/database-url';

describe('the URL of a database', () => {
  test.each([
    ['postgres://user:password@host:5432/stock', 'host:5432/stock'],
    ['postgresql://host/stock', 'host:5432/stock'],
    ['postgres://user:50%25%23%2F@host/stock?sslmode=verify-full', 'host:5432/stock'],
    ['postgres://user:p@ss@host/stock', 'host:5432/stock'],
    ['postgres://user:password@[::1]:6432/stock', '[::1]:6432/stock'],
    ['postgres:///stock?host=/run/postgresql', '/run/postgresql:5432/stock'],
    ['postgres://user:password@/stock?host=/run/postgresql', '/run/postgresql:5432/stock'],
    ['postgres://user@%2Frun%2Fpostgresql/stock', '/run/postgresql:5432/stock'],
  ])('%s can be used, and leads to %s', (url, place) => {
    expect(flawOfDatabaseUrl(url)).toBeUndefined();
    expect(placeOfDatabase(url)).toBe(place);
    expect(new Client({ connectionString: url }).database).toBe('stock');
  });

  test.each([
    [
      'postgres://user:password@h1:5432,h2:5433/stock?target_session_attrs=read-write',
      ['h1:5432', 'h2:5433'],
    ],
    ['postgres://user:p,a@ss@h1,h2:5433,h3/stock?target_session_attrs=primary', ['h1', 'h2:5433', 'h3']],
    ['postgres://[::1]:6432,[::2]/stock', ['[::1]:6432', '[::2]']],
    ['postgres://user:p,ass@h1/stock?target_session_attrs=read-write', ['h1']],
  ])('%s can be used, and has the hosts %j', (url, hosts) => {
    expect(flawOfDatabaseUrl(url)).toBeUndefined();
    const places = hosts.map((host) => (/:\d+$/.test(host) ? host : `${host}:5432`));
    expect(placeOfDatabase(url)).toBe(`${places.join()}/stock`);
    const clients = urlsOfHosts(url).map((connectionString) => new Client({ connectionString }));
    expect(clients.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`)).toEqual(
      places,
    );
    expect(new Set(clients.map(({ database, password }) => `${password} ${database}`)).size).toBe(1);
  });

  test.each([
    ['mysql://user:s3cret@host/stock', /^must look like postgres:\/\//],
    ['host:5432/stock', /^must look like postgres:\/\//],
    ['postgres://', /^must look like postgres:\/\//],
    ['postgres://user:s3cret%@host/stock', /% as %25/],
    ['postgres://user:s3cret%zz@host/stock', /% as %25/],
    ['postgres://user:s3cret%e4@host/stock', /% as %25/],
    ['postgres://user:s3#cret@host/stock', /# as %23/],
    ['postgres://user:12#s3cret@host/stock', /# as %23/],
    ['postgres://user:password@host/stock#s3cret', /# as %23/],
    ['postgres://user:12/s3cret@host/stock', /\/ as %2F/],
    ['postgres://user:s3/cret@host/stock', /\/ as %2F/],
    ['postgres://user:s3?cret@host/stock', /\? as %3F/],
    ['postgres://user:s3 cret@host/stock', /a blank as %20/],
    ['postgres://user:s3cret@host:99999/stock', /^must have a port from 1 to 65535$/],
    ['postgres://user:s3cret@[::1]:0/stock', /^must have a port from 1 to 65535$/],
    ['postgres://user:99999/s3cret@host/stock', /\/ as %2F/],
    ['postgres:///stock', /^must name a host/],
    ['postgres://user:s3cret@/stock', /^must name a host/],
    ['postgres://user:s3cret@host', /^must name a database/],
    ['postgres://user:s3cret@host/', /^must name a database/],
    ['postgres://user:12?s3cret@host/stock', /^must name a database/],
    ['postgres://user:s3cret@host/stock?sslmode=on', /sslmode: disable, prefer, require/],
    ['postgres://user:s3cret@h1,,h2/stock', /^must name a host/],
    ['postgres://user:s3cret@h1,/stock', /^must name a host/],
    ['postgres://user:s3cret@h1:5432,h2:99999/stock', /^must have a port from 1 to 65535$/],
    ['postgres://user:s3cret@h1,h2', /^must name a database/],
    ['postgres://user:s3,cret/1@h1,h2/stock', /\/ as %2F/],
    ['postgres://user:s3cret@h1,h2/stock?host=h3', /^must name several hosts before the database/],
    ['postgres://user:s3cret@h1,h2/stock?port=5433', /^must name several hosts before the database/],
    ['postgres://user:s3cret@/stock?host=h1,h2', /^must name several hosts before the database/],
    [
      'postgres://user:s3cret@h1,h2/stock?target_session_attrs=any',
      /target_session_attrs, or none: read-write, primary$/,
    ],
    [
      'postgres://user:s3cret@host/stock?target_session_attrs=s3cret',
      /target_session_attrs, or none: read-write, primary$/,
    ],
  ])('%s cannot, and nothing of it is told', (url, flaw) => {
    expect(flawOfDatabaseUrl(url)).toMatch(flaw);
    expect(flawOfDatabaseUrl(url)).not.toMatch(/s3|cret/);
  });
});
