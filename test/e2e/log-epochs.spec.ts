import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stockAllocation } from '../support/command-line';
import { RunningService } from '../support/running-service';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'epochs-'))));
afterEach(() => rm(folder, { recursive: true }));

interface Page {
  readonly events: unknown[];
  readonly next: string;
}

const happen = (service: RunningService, ref: string) =>
  service.post('/v1/batches', { ref, sku: 'LAMP', qty: 1 });

async function feed(service: RunningService, query: string): Promise<Page & { status: number }> {
  const response = await fetch(`${service.url}/v1/events?${query}`);
  return { ...((await response.json()) as Page), status: response.status };
}

/** Reads on until there is nothing more. */
async function readAll(service: RunningService, after?: string): Promise<Page> {
  const page = await feed(service, after === undefined ? 'wait=5' : `wait=5&after=${after}`);
  return page;
}

/** The cursor of somebody who has read one event more, which is gone. */
function oneFurther(cursor: string): string {
  const bytes = Buffer.from(cursor, 'base64url');
  bytes.writeBigUInt64BE(bytes.readBigUInt64BE(16) + 1n, 16);
  return bytes.toString('base64url');
}

/** What has PostgreSQL end its recovery with another timeline, as after a fail-over or a restore up to some moment. */
async function recover(): Promise<void> {
  const data = join(folder, 'postgres/data');
  await writeFile(join(data, 'recovery.signal'), '');
  await appendFile(join(data, 'postgresql.auto.conf'), "restore_command = 'false'\n");
}

test.each([
  ['took over or was restored', recover],
  [
    'was set back to a snapshot of its disk, as an operator says',
    async () => {
      const { code, stdout } = await stockAllocation(['begin-epoch'], { DATA_DIR: folder });
      expect([code, stdout]).toEqual([
        0,
        'A new epoch begins after position 1; cursors up to there are good\n',
      ]);
    },
  ],
])(
  'when the database %s, cursors go on that have read no further than it goes, and no others (promise 5)',
  async (_, change) => {
    const before = await RunningService.start({ DATA_DIR: folder });
    await happen(before, 'one');
    const { next } = await readAll(before);
    await before.stop();
    await change();

    const after = await RunningService.start({ DATA_DIR: folder });
    await happen(after, 'two');
    expect(await readAll(after, next)).toMatchObject({
      status: 200,
      events: [{ data: { batchRef: 'two' } }],
    });
    expect((await feed(after, `after=${oneFurther(next)}`)).status).toBe(410);
    await after.stop();
  },
  60_000,
);
