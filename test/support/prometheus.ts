import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DebianFiles, debianPackage, run } from './debian-package';
import { until } from './until';

/** A series that a query answers: its labels, and its value now. */
export interface Sample {
  readonly metric: Record<string, string>;
  readonly value: readonly [time: number, value: string];
}

/**
 * The folder with `prometheus` and `promtool` of Debian.
 * @throws Error when they cannot be fetched
 */
export function prometheusPrograms(): string {
  const bin = ({ folder }: DebianFiles) => join(folder, 'usr/bin');
  return bin(debianPackage('prometheus', (files) => void run(join(bin(files), 'promtool'), ['--version'])));
}

/** `describe` for tests that need Prometheus; as `describeWithRedis`. */
export function describeWithPrometheus(name: string, suite: () => void): void {
  try {
    prometheusPrograms();
  } catch (error) {
    if (process.env.CI) throw error;
    process.stderr.write(`Skipped: ${name}. ${(error as Error).message.replaceAll('\n', ' ')}\n`);
    describe.skip(name, suite);
    return;
  }
  describe(name, suite);
}

/** A Prometheus on loopback that reads metrics every two seconds. */
export class Prometheus {
  private constructor(
    private readonly child: ChildProcess,
    private readonly url: string,
    private readonly folder: string,
  ) {}

  /**
   * @param targets such as `127.0.0.1:3000`
   * @param rules the file with the alerts
   * @param key goes along with each request
   */
  static async start(targets: readonly string[], rules: string, key: string): Promise<Prometheus> {
    const folder = mkdtempSync(join(tmpdir(), 'stock-allocation-prometheus-'));
    const port = await freePort();
    const config = {
      global: { scrape_interval: '2s', scrape_timeout: '2s', evaluation_interval: '2s' },
      rule_files: [rules],
      scrape_configs: [
        {
          job_name: 'stock-allocation',
          authorization: { credentials: key },
          static_configs: [{ targets }],
        },
      ],
    };
    // JSON is YAML.
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config));
    const child = spawn(
      join(prometheusPrograms(), 'prometheus'),
      [
        `--config.file=${folder}/prometheus.yml`,
        `--storage.tsdb.path=${folder}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=error',
      ],
      { cwd: folder, stdio: 'ignore' },
    );
    const prometheus = new Prometheus(child, `http://127.0.0.1:${port}`, folder);
    await until(() =>
      fetch(`http://127.0.0.1:${port}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    return prometheus;
  }

  /** @throws Error that says what is wrong with the query */
  async query(expression: string): Promise<Sample[]> {
    const answer = await fetch(`${this.url}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query: expression }),
    });
    const { error, data } = (await answer.json()) as { error?: string; data: { result: Sample[] } };
    if (error) throw new Error(`${expression}: ${error}`);
    return data.result;
  }

  /** The names of the alerts that fire, or will when their time has come. */
  async alerts(): Promise<ReadonlySet<string>> {
    const answer = await fetch(`${this.url}/api/v1/alerts`);
    const { data } = (await answer.json()) as {
      data: { alerts: { labels: Record<string, string> }[] };
    };
    return new Set(data.alerts.map(({ labels }) => labels.alertname));
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exited = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      await exited;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
