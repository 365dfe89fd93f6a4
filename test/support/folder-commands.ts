import { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { writeError } from '../../src/cli/output';
import { stopOnSignal } from '../../src/cli/stopping';
import { registerSync } from '../../src/cli/sync';
import { registerWatch } from '../../src/cli/watch';

/** The commands sync and watch as a program, with an importer that has no database: it refuses rows that begin with `bad`. */
const importer = {
  async importFile(path: string) {
    process.stdout.write(`importing ${basename(path)}\n`);
    const rows = readFileSync(path, 'utf8').split('\n');
    await pause(100);
    const refused = rows.flatMap((row, index) =>
      row.startsWith('bad') ? [{ line: index + 1, reason: row }] : [],
    );
    return { imported: rows.length - refused.length, refused };
  },
  async close() {
    process.stdout.write('closed\n');
  },
};

stopOnSignal();
const program = new Command().exitOverride();
registerSync(program);
registerWatch(program, async () => importer);
program.parseAsync().catch((error: unknown) => {
  writeError(error);
  process.exitCode = 2;
});
