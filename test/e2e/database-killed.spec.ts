import { existsSync, renameSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isDelivered } from '../support/delivered';
import { auditViews, auditWriteModel } from '../support/audit';
import { stockAllocation } from '../support/command-line';
import { embeddedUrl, killServer, postmasterPid } from '../support/postmaster';
import { RunningService } from '../support/running-service';
import { query } from '../support/sql';
import { until } from '../support/until';

const CLIENTS = 8;

/** Orders that are sent until it is said that they are enough. */
class Load {
  readonly acknowledged = new Set<string>();
  /** Status, Retry-After and type of the problem. */
  readonly refusals: string[] = [];
  private enough = false;
  private readonly clients: Promise<unknown>;
  private next = 0;

  constructor(private readonly url: string) {
    this.clients = Promise.all(Array.from({ length: CLIENTS }, () => this.client()));
  }

  /** @throws what kept a client from an answer */
  async stop(): Promise<void> {
    this.enough = true;
    await this.clients;
  }

  private async client(): Promise<void> {
    while (!this.enough) {
      const orderId = `order-${this.next++}`;
      const response = await fetch(`${this.url}/v1/allocations`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ orderId, sku: 'SOFA', qty: 1 }),
      });
      const body = await response.text();
      if (response.status === 202) {
        this.acknowledged.add(orderId);
      } else {
        const { type } = JSON.parse(body) as { type: string };
        this.refusals.push(`${response.status} ${response.headers.get('retry-after')} ${type}`);
        await pause(20);
      }
    }
  }
}

describe('a service whose own PostgreSQL dies', () => {
  let dataDir: string;
  let service: RunningService;
  const control = () => join(dataDir, 'postgres/data/global/pg_control');

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'stock-allocation-database-killed-'));
    await chmod(dataDir, 0o755); // Under root, postgres runs as another user.
  });
  afterEach(async () => {
    await service.stop('SIGKILL');
    killServer(dataDir);
    await rm(dataDir, { recursive: true, force: true, maxRetries: 10 });
  });

  const readiness = async () => (await fetch(`${service.url}/health/ready`)).status;
  const said = (words: string) => service.lines.some((line) => line.includes(words));

  /** Kills the server and keeps it from starting until its data are put back. */
  async function destroy(): Promise<void> {
    renameSync(control(), `${control()}.away`);
    process.kill(postmasterPid(dataDir), 'SIGKILL');
    await until(() => said('PostgreSQL does not start'));
  }

  test('refuses requests until it has recovered, and loses nothing (promise 1)', async () => {
    service = await RunningService.start({ DATA_DIR: dataDir });
    await service.post('/v1/batches', { ref: 'b1', sku: 'SOFA', qty: 1_000_000 });
    const load = new Load(service.url);
    const oneOfItsProcesses = async () => {
      const rows = await query(
        embeddedUrl(dataDir),
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'stock-allocation'",
      );
      return Number(rows[0].pid);
    };
    for (const victim of [() => postmasterPid(dataDir), oneOfItsProcesses, () => postmasterPid(dataDir)]) {
      const before = load.acknowledged.size;
      await until(() => load.acknowledged.size > before + 100, 60);
      const { length } = load.refusals;
      process.kill(await victim(), 'SIGKILL');
      await until(() => load.refusals.length > length);
      await until(async () => (await readiness()) === 200, 60);
    }
    const before = load.acknowledged.size;
    await until(() => load.acknowledged.size > before + 100, 60);
    await load.stop();

    expect(new Set(load.refusals)).toEqual(new Set(['503 1 /problems/unavailable']));
    const url = embeddedUrl(dataDir);
    await until(() => isDelivered(url), 40);
    const kept = new Set(
      (await query(url, 'SELECT order_id FROM allocations')).map(({ order_id: id }) => id),
    );
    expect([...load.acknowledged].filter((orderId) => !kept.has(orderId))).toEqual([]);
    expect(await auditWriteModel(url)).toEqual([]);
    expect(await auditViews(url)).toEqual([]);

    expect(service.lines.filter((line) => line.includes('PostgreSQL has ended unexpectedly'))).toHaveLength(
      2,
    );
    expect(service.lines.filter((line) => line.includes('PostgreSQL is back'))).toHaveLength(2);
    expect(said('was terminated by signal 9')).toBe(true);
    expect(await service.stop()).toBe(0);
  }, 300_000);

  test.each(['SIGTERM', 'SIGINT'] as const)('stops at once when told by %s meanwhile', async (signal) => {
    service = await RunningService.start({ DATA_DIR: dataDir });
    await destroy();
    const began = Date.now();
    expect(await service.stop(signal)).toBe(0);
    expect(Date.now() - began).toBeLessThan(20_000);
  });

  test('ends with its last words when it cannot be started any more', async () => {
    service = await RunningService.start({ DATA_DIR: dataDir }, 'test/support/give-up-soon-main.ts');
    await destroy();
    expect(await service.ended()).toBe(1);
    expect(service.lines.join('\n')).toMatch(/Error: PostgreSQL does not start.*pg_control/s);
  });

  test('lets a command of the command line wait until it is back', async () => {
    service = await RunningService.start({ DATA_DIR: dataDir });
    await service.post('/v1/batches', { ref: 'b1', sku: 'SOFA', qty: 10 });
    await destroy();
    const command = stockAllocation(['export', 'batches'], { DATA_DIR: dataDir });
    // It takes longer than this to begin.
    await pause(1_000);
    renameSync(`${control()}.away`, control());
    expect(await command).toMatchObject({ code: 0, stdout: expect.stringContaining('b1,SOFA,10') });
  });

  test('is told to stop while it starts for the first time', async () => {
    service = RunningService.launch({ DATA_DIR: dataDir });
    await until(() => existsSync(join(dataDir, 'postgres/data/postmaster.pid')), 60);
    expect(await service.stop('SIGTERM')).toBe(0);
    // Its database ends by itself, and leaves nothing behind.
    await until(() => !existsSync(join(dataDir, 'postgres/data/postmaster.pid')));
    expect(said('Listening')).toBe(false);
  });
});
