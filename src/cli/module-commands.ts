import type { Command } from 'commander';
import type { CommandTools } from '../app.module';

/**
 * Adds the commands that modules bring. Loading the modules takes a moment, so they are loaded only where one of their
 * commands may be asked for, or a list of all.
 */
export function addCommandsOfModules(program: Command): void {
  const [asked] = process.argv.slice(2);
  if (asked === '--version' || program.commands.some((command) => command.name() === asked)) return;
  const { readConfig, withApplication, withDataSource } =
    require('./application') as typeof import('./application');
  const { Sql } = require('../database/sql') as typeof import('../database/sql');
  const config = readConfig();
  const withDatabase: CommandTools['withDatabase'] = (work) =>
    withDataSource(config, (dataSource) => work(new Sql(dataSource)));
  for (const { commands: add } of config.modules) add?.(program, { withDatabase, withApplication });
}
