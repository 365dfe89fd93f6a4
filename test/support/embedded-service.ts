import { EmbeddedPostgres } from '../../src/database/embedded-postgres';

/*
 * A service in a process of its own, for tests that kill it:
 * `node embedded-service.js <data folder> [user id]`. Answers {url} or {error}. Root may choose the user.
 */
const [dataDir, uid] = process.argv.slice(2);
if (uid) {
  process.setgroups?.([]);
  process.setgid?.(Number(uid));
  process.setuid?.(Number(uid));
}
// A killed process takes nothing along that the system has been handed, so nothing waits for the disk here.
EmbeddedPostgres.start({ dataDir, settings: { fsync: 'off' } }).then(
  ({ url }) => console.log(JSON.stringify({ url })),
  (error: Error) => console.log(JSON.stringify({ error: error.message })),
);
