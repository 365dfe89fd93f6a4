import { QueryFailedError, QueryRunnerAlreadyReleasedError } from 'typeorm';
import { throwTranslated, unavailable } from '../../src/database/errors';

const coded = (code: string) => Object.assign(new Error('secret'), { code });

describe('an error of the database', () => {
  test.each([
    ['25006', 'The database is read-only at the moment'],
    ['53100', 'The disk of the database is full'],
    ['53300', 'The database has no connections or no memory left'],
    ['57014', 'The database took too long over a statement, or was told to stop it'],
    ['40001', 'The database took too long over a statement, or was told to stop it'],
    ['55P03', 'What is asked for has been locked by others for too long'],
    ['42501', 'The database refuses the service a permission that it needs'],
    ['58030', 'The database has trouble with its disk'],
    ...['08006', '57P01', '57P02', '57P03', '57P04', '57P05', '25P03', '25P04', '28P01', '3D000'].map(
      unreachable,
    ),
    ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH'].map(
      unreachable,
    ),
    ...['ERR_STREAM_DESTROYED', 'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT'].map(unreachable),
  ])('%s is passing trouble, with its reason', (code, reason) => {
    for (const error of [coded(code), new QueryFailedError('SELECT', [], coded(code))]) {
      expect(unavailable(error)).toMatchObject({ reason, cause: error });
    }
  });

  test.each([
    ['timeout exceeded when trying to connect', 'All connections to the database are in use'],
    ['Query read timeout', 'The database does not answer'],
    ...[
      'Connection terminated',
      'Connection terminated unexpectedly',
      'Connection terminated due to connection timeout',
      'Client was closed and is not queryable',
      'Client has encountered a connection error and is not queryable',
      'Cannot use a pool after calling end on the pool',
      new QueryRunnerAlreadyReleasedError().message,
    ].map(unreachable),
  ])('"%s" is passing trouble, with its reason', (message, reason) => {
    expect(unavailable(new Error(message))).toMatchObject({ reason });
  });

  test.each(['22P02', '23505', '25P02', '42601', '42P01', 'XX000', 'ERR_INVALID_ARG_TYPE'])(
    '%s is a mistake',
    (code) => {
      const error = coded(code);
      expect(() => throwTranslated(error)).toThrow(error);
    },
  );

  test.each([new TypeError('x is not a function'), undefined, 'text'])('%s is none', (error) => {
    expect(unavailable(error)).toBeUndefined();
  });
});

function unreachable(what: string): [string, string] {
  return [what, 'The database cannot be reached'];
}
