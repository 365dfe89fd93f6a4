import { Client } from 'pg';
import { flawOfDatabaseUrl, placeOfDatabase } from '../../src/database-url';

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
  ])('%s cannot, and nothing of it is told', (url, flaw) => {
    expect(flawOfDatabaseUrl(url)).toMatch(flaw);
    expect(flawOfDatabaseUrl(url)).not.toMatch(/s3|cret/);
  });
});
