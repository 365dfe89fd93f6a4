import type { Command } from 'commander';

const help = `
The service does this itself when it starts; the command is for those who roll out the schema first.

Example:
  DATABASE_URL=postgres://user:password@host/database stock-allocation migrate`;

/** The command `migrate`. */
export function registerMigrate(program: Command): void {
  program
    .command('migrate')
    .summary('bring the database schema up to date')
    .description('Brings the schema of the database up to date.')
    .addHelpText('after', help)
    .action(migrateDatabase);
}

async function migrateDatabase(): Promise<void> {
  const { readConfig, withDatabase } = require('./application') as typeof import('./application');
  const { broughtBy } = require('../app.module') as typeof import('../app.module');
  const { migrate } = require('../database/data-source') as typeof import('../database/data-source');
  const config = readConfig();
  await withDatabase(config, async (databaseUrl) => {
    const count = await migrate(databaseUrl, broughtBy(config.modules).migrations);
    process.stdout.write(count === 0 ? 'The schema was up to date\n' : `${count} migrations run\n`);
  });
}
