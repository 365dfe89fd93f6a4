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
  --results <folder>     writes the results there, a file for each run

Without --postgres and --node: all there are. What comes after -- goes to Jest.
`;

const root = join(__dirname, '../..');
const jest = join(root, 'node_modules/jest/bin/jest.js');

/** Jest finds every test that has a database of its own. The benchmarks are made for the service's own PostgreSQL. */
const TESTS_WITH_DATABASE = [
  '--findRelatedTests',
  'test/support/test-database.ts',
  '--testPathIgnorePatterns=/node_modules/|/bench-',
];

/** A bit of everything that Node does for the service: processes, sockets, streams, files, its package loader. */
const FAST_TESTS = [
  'test/unit',
  'test/contracts/(postgres|memory|csv)',
  'test/e2e/(http-(service|version-1|book|file)|shutdown)',
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
  const runJest = (name: string, node: string, args: readonly string[], env: NodeJS.ProcessEnv) => {
    const output = values.results ? ['--json', `--outputFile=${join(values.results, `${name}.json`)}`] : [];
    return succeeds(node, [jest, '--maxWorkers=2', ...args, ...output, ...positionals], env);
  };

  const runs: Run[] = [
    ...chosen('postgres', ['debian']).map((version) => ({
      packages: version === 'debian' ? [] : [`postgres-${version}`],
      start: async () => {
        const server = await PostgresServer.start((folder) =>
          version === 'debian' ? debianPrograms(folder) : packagedPrograms(version, folder),
        );
        try {
          if (version === 'debian' && !server.jit)
            throw new Error('This PostgreSQL cannot compile statements (JIT)');
          heading(`PostgreSQL ${server.version}${server.jit ? ' with JIT' : ''}`);
          return await runJest(`postgres-${version}`, process.execPath, TESTS_WITH_DATABASE, {
            TEST_DATABASE_URL: server.url,
          });
        } finally {
          await server.stop();
        }
      },
    })),
    ...chosen('node').map((version) => ({
      packages: [`node-${version}`],
      start: () => {
        const node = join(__dirname, 'node_modules', `node-${version}`, 'bin/node');
        heading(`Node ${known[`node-${version}`].split('@').at(-1)}`);
        return runJest(`node-${version}`, node, FAST_TESTS, {
          PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
        });
      },
    })),
  ];
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
