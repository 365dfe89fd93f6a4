import type { Command } from 'commander';

const help = `
<to> is the URL of an empty database, or a new folder, which can be used as DATA_DIR: a backup, a move to a server of
your own, a step to another major version of PostgreSQL. The service may go on meanwhile; what is copied is its
database as of one moment.

Examples:
  stock-allocation copy-database backup-friday
  stock-allocation copy-database postgres://user:password@host/shop`;

/** The command `copy-database`. */
export function registerCopyDatabase(program: Command): void {
  program
    .command('copy-database')
    .argument('<to>', 'URL of an empty database, or a new folder')
    .summary('copy the database while it is in use')
    .description('Copies the database of the service, as of one moment.')
    .addHelpText('after', help)
    .action(copy);
}

async function copy(to: string): Promise<void> {
  const { readConfig, withDatabase } = require('./application') as typeof import('./application');
  const { broughtBy } = require('../app.module') as typeof import('../app.module');
  const { copyDatabase } = require('../database/copy-database') as typeof import('../database/copy-database');
  const config = readConfig();
  const { migrations } = broughtBy(config.modules);
  await withDatabase(config, async (from) => {
    const { tables, rows } = await withTarget(to, (url) => copyDatabase(from, url, migrations));
    process.stdout.write(`Copied ${rows} rows of ${tables} tables\n`);
  });
}

/** Runs `work` on the database that `to` names, which is started for as long when it is a folder. */
async function withTarget<T>(to: string, work: (url: string) => Promise<T>): Promise<T> {
  if (/^postgres(ql)?:/.test(to)) return work(to);
  const { existsSync } = require('node:fs') as typeof import('node:fs');
  const { ConfigError } = require('../config') as typeof import('../config');
  const { EmbeddedPostgres } =
    require('../database/embedded-postgres') as typeof import('../database/embedded-postgres');
  if (existsSync(to)) throw new ConfigError(`${to} is there already: name a new folder`);
  const server = await EmbeddedPostgres.start({ dataDir: to });
  try {
    return await work(server.url);
  } finally {
    await server.stop();
  }
}
