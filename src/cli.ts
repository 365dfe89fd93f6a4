#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { registerAllocateFromCsv } from './cli/allocate-from-csv';
import { registerServe } from './cli/serve';
import { registerMigrate } from './cli/migrate';
import { registerDeadLetters } from './cli/dead-letters';
import { registerBatches } from './cli/batches';
import { registerLines } from './cli/lines';
import { registerImport } from './cli/import';
import { registerExport } from './cli/export';
import { registerSync } from './cli/sync';
import { registerWatch } from './cli/watch';
import { registerArchive } from './cli/archive';
import { registerReaders } from './cli/readers';
import { registerBeginEpoch } from './cli/begin-epoch';
import { registerCopyDatabase } from './cli/copy-database';
import { registerWebhooks } from './cli/webhooks';
import { registerKeys } from './cli/keys';
import { registerRebuild } from './cli/rebuild';
import { registerVerify } from './cli/verify';
import { addCommandsOfModules } from './cli/module-commands';
import { tolerateClosedPipes, writeError } from './cli/output';
import { stopWhenTold } from './cli/stopping';
import { manifest } from './manifest';

/**
 * Each command is a file of src/cli, which loads what it needs when it is run, so that its --help is quick. Those of other
 * modules are added to them.
 */
const commands = [
  registerServe,
  registerMigrate,
  registerDeadLetters,
  registerReaders,
  registerWebhooks,
  registerKeys,
  registerLines,
  registerBatches,
  registerImport,
  registerExport,
  registerAllocateFromCsv,
  registerSync,
  registerWatch,
  registerRebuild,
  registerVerify,
  registerArchive,
  registerBeginEpoch,
  registerCopyDatabase,
];

/**
 * Exit codes of every command: 0 all is well, 1 the command ran and something was refused, 2 it could not
 * run, and nothing was done, 130 or 143 it was told to stop.
 */
async function main(): Promise<void> {
  tolerateClosedPipes();
  const program = new Command('stock-allocation')
    .description(manifest.description)
    .version(manifest.version)
    .showHelpAfterError('(--help says more)')
    .exitOverride()
    // The service has its own way to stop.
    .hook('preAction', (_, command) => {
      if (command.name() !== 'serve') stopWhenTold();
    });
  for (const register of commands) register(program);
  addCommandsOfModules(program);
  await program.parseAsync();
}

main().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    // Commander has said what is wrong; help and version, when they were asked for, are no failure.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    writeError(error);
    process.exitCode = 2;
  }
});
