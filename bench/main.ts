import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Bench } from './bench';
import { DatabaseServer } from './database';
import { describeMachine } from './machine';
import { parseOptions } from './options';
import { chart } from './report/chart';
import { benchmarksDocument } from './report/document';
import { details, goalsTable, markdownTable, type Outcome } from './report/markdown';
import { updateMeasurements } from './report/measurements';
import { scenarios } from './scenarios';
import { fullSizes, quickSizes } from './sizes';

const docs = join(__dirname, '../docs');

/** Runs the scenarios and reports. Exit code 1: an answer or the write model was wrong; a missed goal is none. */
async function main(): Promise<void> {
  const { quick, only, database } = parseOptions(
    process.argv.slice(2),
    scenarios.map(({ name }) => name),
  );
  const write = (line: string) => process.stdout.write(`${line}\n`);
  const sizes = quick ? quickSizes : fullSizes;
  const server = await (database ? DatabaseServer.connect(database) : DatabaseServer.startEmbedded());
  const bench = new Bench(server, sizes, write);
  const outcomes: Outcome[] = [];
  try {
    for (const scenario of scenarios.filter(({ name }) => only?.includes(name) ?? true)) {
      write(`${scenario.name}: ${scenario.title}`);
      const result = await scenario
        .run(bench)
        .catch((error: Error) => bench.fail([error.stack ?? error.message]));
      const day = new Date().toISOString().slice(0, 10);
      if (result) outcomes.push({ name: scenario.name, title: scenario.title, day, result });
    }
  } finally {
    await server.stop();
  }

  write(
    `\n${details(outcomes)}\n\n${markdownTable(goalsTable(outcomes.flatMap(({ result }) => result.goals)))}\n`,
  );
  if (quick) write(`Short runs on small data (--quick): a first impression, not a measurement.`);
  if (bench.faults.length > 0) {
    write(`FAILED, whatever the speed:\n${bench.faults.map((fault) => `  ${fault}`).join('\n')}`);
    process.exitCode = 1;
    return;
  }
  if (quick) return;
  // Another server than the embedded one has a document of its own.
  const name = database ? `benchmarks-postgresql-${server.majorVersion}` : 'benchmarks';
  const machine = describeMachine(server.description);
  const all = await updateMeasurements(
    join(docs, `${name}.json`),
    { machine, outcomes },
    scenarios.map((scenario) => scenario.name),
  );
  await writeFile(join(docs, `${name}.md`), benchmarksDocument({ machine, sizes, outcomes: all, name }));
  const bars = all.flatMap(({ result }) => result.bars ?? []);
  await writeFile(join(docs, `${name}.svg`), chart('Allocations per second', bars));
}

// Whatever was started ends when this process exits, which a signal alone does not make it do.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

void main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
