import { appendFile, chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres } from '../../src/database/embedded-postgres';
import { stockAllocation } from '../support/command-line';
import { RunningService } from '../support/running-service';
import { createEmptyDatabase, createTestDatabase, nameOf } from '../support/test-database';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'epochs-'));
  // PostgreSQL, which never runs as root, has its data in there.
  await chmod(folder, 0o755);
});
afterEach(() => rm(folder, { recursive: true }));

interface Page {
  readonly events: unknown[];
  readonly next: string;
}

const happen = (service: RunningService, batchRef: string) =>
  service.post('/v1/batches', { ref: batchRef, sku: 'LAMP', qty: 1 });

async function feed(service: RunningService, query: string): Promise<Page & { status: number }> {
  const response = await fetch(`${service.url}/v1/events?${query}`);
  return { ...((await response.json()) as Page), status: response.status };
}

/** The cursor of somebody who has read one event more, which is gone. */
function oneFurther(cursor: string): string {
  const bytes = Buffer.from(cursor, 'base64url');
  bytes.writeBigUInt64BE(bytes.readBigUInt64BE(16) + 1n, 16);
  return bytes.toString('base64url');
}

/** Starts the service on a PostgreSQL of its own; answers both, and what stops both. */
async function start() {
  const postgres = await EmbeddedPostgres.start({ dataDir: folder, settings: { wal_level: 'replica' } });
  const service = await RunningService.start({ DATABASE_URL: postgres.url });
  const stop = async () => {
    await service.stop();
    await postgres.stop();
  };
  return { service, url: postgres.url, stop };
}

/** Has PostgreSQL end its recovery with another timeline, as after a fail-over or a restore up to some moment. */
async function recover(): Promise<string> {
  const data = join(folder, 'postgres/data');
  await writeFile(join(data, 'recovery.signal'), '');
  await appendFile(join(data, 'postgresql.auto.conf'), "restore_command = 'false'\n");
  return '';
}

/** Says what nobody else can know. */
async function setBack(): Promise<string> {
  const postgres = await EmbeddedPostgres.start({ dataDir: folder, settings: { wal_level: 'replica' } });
  const { stdout } = await stockAllocation(['begin-epoch'], { DATABASE_URL: postgres.url });
  await postgres.stop();
  return stdout;
}

test.each([
  ['took over, or was restored up to some moment', recover, ''],
  [
    'was set back to a snapshot of its disk, as its operator says',
    setBack,
    'A new epoch begins after position 1; cursors up to there are good\n',
  ],
])(
  'when the database %s, cursors go on that have read no further than it goes, and no others (promise 5)',
  async (_, change, said) => {
    const before = await start();
    await happen(before.service, 'one');
    const { next } = await feed(before.service, 'wait=5');
    await before.stop();
    expect(await change()).toBe(said);

    const after = await start();
    await happen(after.service, 'two');
    expect(await feed(after.service, `wait=5&after=${next}`)).toMatchObject({
      status: 200,
      events: [{ data: { batchRef: 'two' } }],
    });
    expect((await feed(after.service, `after=${oneFurther(next)}`)).status).toBe(410);
    await after.stop();
  },
);

test('a copy of the database, as of a dump, is another epoch: cursors go on that were read before it, and no others (promise 5)', async () => {
  const original = await createTestDatabase();
  let service = await RunningService.start({ DATABASE_URL: original.url });
  await happen(service, 'one');
  const { next } = await feed(service, 'wait=5');
  await service.stop();
  const copy = await createEmptyDatabase(`TEMPLATE ${nameOf(original.url)}`);
  service = await RunningService.start({ DATABASE_URL: original.url });
  await happen(service, 'lost');
  const { next: further } = await feed(service, `wait=5&after=${next}`);
  await service.stop();

  service = await RunningService.start({ DATABASE_URL: copy.url });
  // Another event at the same position.
  await happen(service, 'two');
  const page = await feed(service, `wait=5&after=${next}`);
  expect(page).toMatchObject({ status: 200, events: [{ data: { batchRef: 'two' } }] });
  expect((await feed(service, `after=${further}`)).status).toBe(410);
  expect(await feed(service, `after=${page.next}`)).toMatchObject({ status: 200, events: [] });
  await service.stop();
  await copy.drop();
  await original.drop();
}, 120_000);
