import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { RunningService } from '../support/running-service';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';
import { stepsOf } from '../support/written-document';

const root = join(__dirname, '../..');
const example = join(root, 'examples/tracing');
const TRACE = '0af7651916cd43dd8448eb211c80319c';

let database: TestDatabase;
let folder: string;
let collector: ChildProcess;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'stock-allocation-tracing-'));
});
afterAll(async () => {
  collector.kill();
  await database.drop();
  await rm(folder, { recursive: true });
});

test('the spans of a request go to a collector, and are what the example shows', async () => {
  const file = join(folder, 'spans.jsonl');
  collector = spawn(process.execPath, [join(example, 'collector.mjs'), file, '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: collector.stdout! }), 'line')) as [string];
  const service = await RunningService.start({
    DATABASE_URL: database.url,
    NODE_OPTIONS: `--require ${join(example, 'sdk.cjs')}`,
    OTEL_EXPORTER_OTLP_ENDPOINT: /http:\S+/.exec(line)![0],
    OTEL_BSP_SCHEDULE_DELAY: '200',
  });
  try {
    await service.post('/v1/batches', { ref: 'batch-001', sku: 'SOFA', qty: 1 });
    await service.post('/v1/allocations', { orderId: 'order-001', sku: 'SOFA', qty: 1 });
    service.headers = { traceparent: `00-${TRACE}-b7ad6b7169203331-01` };
    await service.post('/v1/allocations', { orderId: 'order-002', sku: 'SOFA', qty: 1 });
    const told = stepsOf(await readFile(join(example, 'README.md'), 'utf8')).at(-1);
    const expected = told?.do === 'type' ? told.output : '';
    const shown = async () => {
      const args = [join(example, 'show.mjs'), file, TRACE];
      return (await promisify(execFile)(process.execPath, args).catch(() => ({ stdout: '' }))).stdout;
    };
    // Handlers run side by side, so their order is by chance.
    const sorted = (text: string) => text.trim().split('\n').toSorted();
    await until(async () => sorted(await shown()).length >= sorted(expected).length, 20);
    expect(sorted(await shown())).toEqual(sorted(expected));
  } finally {
    await service.stop();
  }
});
