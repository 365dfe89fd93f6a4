import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import { createDataSource } from '../../src/database/data-source';
import { MailQueue } from '../../src/notifications/mail/mail-queue';
import { connected } from '../support/sql';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const runbook = readFileSync(join(__dirname, '../../docs/operations.md'), 'utf8');
/** What somebody is told to send to the database at night. */
const statements = [...runbook.matchAll(/`((?:SELECT|UPDATE|INSERT INTO|DELETE FROM) [^`]*)`/g)].map(
  ([, statement]) => statement,
);

function statementOn(table: string, verb: string): string {
  const [statement, ...others] = statements.filter((each) => each.startsWith(verb) && each.includes(table));
  expect(others).toEqual([]);
  return statement;
}

let database: TestDatabase;
let client: Client;
beforeEach(async () => {
  database = await createTestDatabase();
  client = await connected(database.url);
});
afterEach(async () => {
  await client.end();
  await database.drop();
});

describe('the SQL of the runbook', () => {
  test('runs, each statement of it', async () => {
    expect(statements.length).toBeGreaterThanOrEqual(6);
    for (const statement of statements) {
      await client.query('BEGIN');
      await client.query(statement);
      await client.query('ROLLBACK');
    }
  });

  test('has mails that were given up tried for days again, and not once', async () => {
    await client.query(
      `INSERT INTO mail_queue (id, recipient, subject, body, queued_at, failed_at)
       VALUES (gen_random_uuid(), 'a@example.com', 'Hello', '', now() - interval '6 days', now())`,
    );
    await client.query(statementOn('mail_queue', 'UPDATE'));
    const dataSource = await createDataSource(database.url).initialize();
    try {
      const mails = new MailQueue(dataSource);
      const [mail] = await mails.claim(1);
      expect(await mails.putOff(mail, 'away', 1_000)).toBe(true);
    } finally {
      await dataSource.destroy();
    }
  });

  test('says who holds the row of the head of the log, and not who reads it', async () => {
    const [holder, reader] = [await connected(database.url), await connected(database.url)];
    try {
      await reader.query('BEGIN; SELECT FROM log_head');
      await holder.query('BEGIN');
      const { rows } = await holder.query<{ pid: number }>(
        'SELECT pg_backend_pid() AS pid FROM log_head FOR UPDATE',
      );
      const found = await client.query(statementOn('log_head', 'SELECT'));
      expect(found.rows).toMatchObject([{ pid: rows[0].pid, state: 'idle in transaction', waits_for: [] }]);
    } finally {
      await Promise.all([holder.end(), reader.end()]);
    }
  });
});
