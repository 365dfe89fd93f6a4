import { EmbeddedPostgres } from '../../src/database/embedded-postgres';

/*
 * The service, which soon gives up a PostgreSQL that keeps ending, for a test that waits for it.
 */
EmbeddedPostgres.giveUpAfterMs = 1_000;

require('../../src/main');
