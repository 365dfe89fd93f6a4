import { writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { connectedTo, DatabaseServer } from '../database';
import { describeMachine } from '../machine';
import { columns } from '../report/columns';
import { some } from '../report/format';
import { markdownTable } from '../report/markdown';
import { ServiceProcess } from '../service';
import { Calendar } from './calendar';
import { Calls } from './calls';
import { parseScale } from './options';
import { growthTable, monthTable, panels, simulationDocument, tenthsTable } from './report';
import { simulate } from './simulation';

const docs = join(__dirname, '../../docs');
const SERVICE = 'bench/mains/with-calendar.ts';

/** Simulates a shop and reports. Exit code 1: the service was wrong. */
async function main(): Promise<void> {
  const scale = parseScale(process.argv.slice(2));
  const write = (line: string) => process.stdout.write(`${line}\n`);
  const began = performance.now();
  // What else the machine did makes each figure but those of the processors worse.
  const load = loadavg()[0].toFixed(1);
  const server = await DatabaseServer.startEmbedded();
  try {
    const database = await server.create(
      async () => {},
      (client) => Calendar.install(client),
    );
    const service = await ServiceProcess.start(database.url, SERVICE);
    const calls = new Calls(service.url);
    const { days, faults } = await connectedTo(database.url, (client) =>
      simulate({ databaseUrl: database.url, client, service, calls }, scale, (lived) =>
        write(`  day ${lived.length}, ${lived.reduce((sum, { lines }) => sum + lines, 0)} lines`),
      ),
    );
    calls.close();
    await service.stop();
    for (const table of [monthTable(days), tenthsTable(days), growthTable(days, scale)])
      write(`\n${markdownTable(table)}`);
    if (faults.length > 0) {
      write(`WRONG:\n${some(faults, 20).join('\n')}`);
      process.exitCode = 1;
      return;
    }
    write('\nThe audits found nothing, and the books of the shop agree with the service.');
    const report = {
      date: new Date(),
      minutes: (performance.now() - began) / 60_000,
      machine: [...describeMachine(server.description), ['load when it began', load] as const],
      again: calls.again,
      scale,
      days,
    };
    await writeFile(join(docs, 'simulation.md'), simulationDocument(report));
    await writeFile(join(docs, 'simulation.svg'), columns('A simulated shop', panels(days)));
  } finally {
    await server.stop();
  }
}

// Whatever was started ends when this process exits, which a signal alone does not make it do.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

void main().catch((error: Error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
