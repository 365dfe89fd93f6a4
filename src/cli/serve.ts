import type { Command } from 'commander';

const help = `
Settings come from the environment and from .env; README.md has their table.

Example:
  PORT=8080 stock-allocation serve`;

/** The command `serve`. */
export function registerServe(program: Command): void {
  program
    .command('serve')
    .summary('run the service')
    .description('Runs the service until SIGTERM or Ctrl-C.')
    .addHelpText('after', help)
    .action(() => void require('../main'));
}
