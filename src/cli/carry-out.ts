import type { CommandBus, QueryBus } from '@nestjs/cqrs';
import { printable } from '../printable';
import { red } from './output';

interface Buses {
  readonly commands: CommandBus;
  readonly queries: QueryBus;
}

/**
 * Runs `work`, which carries out a command or asks something, and prints what it has to say. What the business refuses
 * goes to stderr, with exit code 1.
 * @throws what keeps the command from being carried out
 */
export async function carryOut(work: (buses: Buses) => Promise<string>): Promise<void> {
  const { CommandBus, QueryBus } = require('@nestjs/cqrs') as typeof import('@nestjs/cqrs');
  const { withApplication } = require('./application') as typeof import('./application');
  const { DomainError } = require('../allocation/contracts') as typeof import('../allocation/contracts');
  try {
    const said = await withApplication((app) =>
      work({ commands: app.get(CommandBus), queries: app.get(QueryBus) }),
    );
    process.stdout.write(`${said}\n`);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    process.stderr.write(`${red('refused:', process.stderr)} ${printable(error.message)}\n`);
    process.exitCode = 1;
  }
}
