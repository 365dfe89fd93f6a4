import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { debianPrograms, packagedPrograms } from './postgres-programs';
import { PostgresServer } from './postgres-server';

const help = `Runs the tests with other versions of PostgreSQL and Node (Linux on x64).

  --postgres <versions>  such as 14,17,debian; debian is that of Debian or Ubuntu, with its JIT compiler
  --node <versions>      such as 20,26
  --together             runs the tests of a database with those versions of Node, and no others with them
  --results <folder>     writes the results there, a file for each run

Without --postgres and --node: all there are. What comes after -- goes to Jest.
`;

const root = join(__dirname, '../..');
const jest = join(root, 'node_modules/jest/bin/jest.js');

/**
 * Tests of processes, sockets, files, Redis, documents and the service's own PostgreSQL: what they ask of a database,
 * the tests of their rooms ask as well.
 */
const NOT_OF_A_DATABASE = [
  'e2e/.*(-killed|-again|-beside-service|-example|examples|-file|-fuzz|-openapi|-refusals|-service|-syntax)',
  'e2e/(crash|hanging-database|limits|rolling-deploy|shutdown|stopping|views-redis)',
  'e2e/(keys|pub-sub|webhooks)-instances',
  'integration/(allocate-from-csv|cli-database|embedded-postgres|module|notifications-smtp|redis|service-lock)',
  'integration/(sync|testing|watch|webhook-client|webhooks-command|write-a-module)',
  'unit/bench',
];

/** Jest finds every test that has a database of its own. */
const TESTS_WITH_DATABASE = [
  '--findRelatedTests',
  'test/support/test-database.ts',
  `--testPathIgnorePatterns=/node_modules/|test/(${NOT_OF_A_DATABASE.join('|')})`,
];

/** A bit of everything that Node does for the service: processes, sockets, streams, files, its package loader. */
const FAST_TESTS = [
  'test/unit',
  'test/contracts/(postgres|memory|csv)',
  'test/e2e/(client|http-(service|version-1|book|file)|shutdown)',
  'test/integration/(cli-database|embedded-postgres|foreign-host|delivery|sync-command).spec',
];

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}
const { dependencies, devDependencies } = JSON.parse(
  readFileSync(join(__dirname, 'package.json'), 'utf8'),
) as Manifest;
const known = { ...dependencies, ...devDependencies };

/** A run of tests that is to be done. */
interface Run {
  /** The packages to install for it. */
  readonly packages: readonly string[];
  /** @returns whether all tests have passed */
  start(): Promise<boolean>;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      postgres: { type: 'string' },
      node: { type: 'string' },
      together: { type: 'boolean', default: false },
      results: { type: 'string' },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('The matrix runs on Linux on x64 alone');
  const all = values.postgres === undefined && values.node === undefined;
  const chosen = (kind: 'postgres' | 'node', more: readonly string[] = []): string[] => {
    const versions = Object.keys(known)
      .filter((name) => name.startsWith(`${kind}-`))
      .map((name) => name.slice(kind.length + 1))
      .sort();
    const there = [...versions, ...more];
    const wanted = values[kind]?.split(',') ?? (all ? there : []);
    const unknown = wanted.find((version) => !there.includes(version));
    if (unknown !== undefined) throw new Error(`--${kind} takes some of ${there.join()}, not ${unknown}`);
    return wanted;
  };
  if (values.results) mkdirSync(values.results, { recursive: true });
  /** @param node with which version; the one that runs this when left out */
  const runJest = (
    name: string,
    node: string | undefined,
    args: readonly string[],
    env: NodeJS.ProcessEnv,
  ): Promise<boolean> => {
    const output = values.results ? ['--json', `--outputFile=${join(values.results, `${name}.json`)}`] : [];
    const command = node ? join(__dirname, 'node_modules', `node-${node}`, 'bin/node') : process.execPath;
    return succeeds(command, [jest, '--maxWorkers=2', ...args, ...output, ...positionals], {
      PATH: `${dirname(command)}${delimiter}${process.env.PATH}`,
      ...env,
    });
  };

  const postgresRun = (version: string, node?: string): Run => ({
    packages: [...(version === 'debian' ? [] : [`postgres-${version}`]), ...(node ? [`node-${node}`] : [])],
    start: async () => {
      const server = await PostgresServer.start((folder) =>
        version === 'debian' ? debianPrograms(folder) : packagedPrograms(version, folder),
      );
      try {
        if (version === 'debian' && !server.jit)
          throw new Error('This PostgreSQL cannot compile statements (JIT)');
        const withNode = node ? `, Node ${versionOf(node)}` : '';
        heading(`PostgreSQL ${server.version}${server.jit ? ' with JIT' : ''}${withNode}`);
        const name = `postgres-${version}${node ? `-node-${node}` : ''}`;
        return await runJest(name, node, TESTS_WITH_DATABASE, { TEST_DATABASE_URL: server.url });
      } finally {
        await server.stop();
      }
    },
  });
  const nodeRun = (node: string): Run => ({
    packages: [`node-${node}`],
    start: () => {
      heading(`Node ${versionOf(node)}`);
      return runJest(`node-${node}`, node, FAST_TESTS, {});
    },
  });
  const postgres = chosen('postgres', ['debian']);
  const nodes = chosen('node');
  const runs = values.together
    ? nodes.flatMap((node) => postgres.map((version) => postgresRun(version, node)))
    : [...postgres.map((version) => postgresRun(version)), ...nodes.map(nodeRun)];
  install(runs.flatMap(({ packages }) => packages));
  for (const run of runs) if (!(await run.start())) process.exitCode = 1;
}

/** Installs what the runs need, as the lock file says. Those of CI come without all others, which are large. */
function install(packages: readonly string[]): void {
  const isThere = (name: string) => {
    const manifest = join(__dirname, 'node_modules', name, 'package.json');
    if (!existsSync(manifest)) return false;
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
    return known[name].endsWith(`@${version}`);
  };
  if (packages.every(isThere)) return;
  const omit = packages.every((name) => name in dependencies) ? ['--omit=dev'] : [];
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', ...omit], {
    cwd: __dirname,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('npm could not install what the matrix needs');
}

function versionOf(node: string): string {
  return known[`node-${node}`].split('@').at(-1)!;
}

function heading(text: string): void {
  process.stdout.write(`\n== ${text}\n`);
}

async function succeeds(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0;
}

// Servers end when this process exits, which a signal alone does not make it do.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
