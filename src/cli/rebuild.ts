import type { Command } from 'commander';
import { printable } from '../printable';
import { startProgress } from './progress';

const help = `
The views are lines and batches, and those of other modules; without a name each is rebuilt in turn. What the events told
that are no longer kept is taken from the write model. The service may run meanwhile: it answers from the old view until
the new one is complete. Interrupt it when you like, and start it again. Where availability is
read from Redis, the services notice within a second that the batches were rebuilt, and fill Redis anew.

Example:
  stock-allocation rebuild lines`;

/** The command `rebuild`. */
export function registerRebuild(program: Command): void {
  program
    .command('rebuild')
    .summary('make the views anew from the events')
    .description('Makes one of the views anew from the events, or all of them.')
    .argument('[view]', 'such as lines or batches')
    .addHelpText('after', help)
    .action(rebuild);
}

async function rebuild(view?: string): Promise<void> {
  const { readConfig, withDataSource } = require('./application') as typeof import('./application');
  const { Sql } = require('../database/sql') as typeof import('../database/sql');
  const { broughtBy } = require('../app.module') as typeof import('../app.module');
  const { rebuildView } = require('../views/contracts') as typeof import('../views/contracts');
  const config = readConfig();
  const { views } = broughtBy(config.modules);
  const asked = views.filter(({ name }) => view === undefined || name === view);
  const names = views.map(({ name }) => name);
  if (asked.length === 0) throw new Error(`Say ${names.join(' or ')}, not ${printable(view ?? '')}`);
  await withDataSource(config, async (dataSource) => {
    for (const one of asked) {
      const { onProgress, stop } = progressOf(`Rebuilding ${one.name}`);
      await rebuildView(new Sql(dataSource), one, onProgress).finally(stop);
      process.stdout.write(`${one.name} rebuilt\n`);
    }
  });
}

/** Shows how many events have been read. */
export function progressOf(label: string): {
  onProgress: (done: number, total: number) => void;
  stop: () => void;
} {
  const progress = startProgress(label, 1);
  return {
    onProgress: (done, total) => progress.update(done / total, `${done.toLocaleString('en')} events`),
    stop: () => progress.stop(),
  };
}
