import type { Command as Program } from 'commander';
import { Fields } from '../csv/fields';
import { printable } from '../printable';
import { ADJUSTMENTS, LARGEST_QUANTITY } from '../syntax';
import { carryOut } from './carry-out';

const exitCodes = '\nExit code: 0 all is well, 1 it was refused, 2 it could not run.\n\n';

/** The commands `arrive`, `slip` and `adjust`, each about one batch. */
export function registerBatches(program: Program): void {
  program
    .command('arrive')
    .summary('record that a batch has arrived')
    .description('Records that a batch is in the warehouse now. The second time it changes nothing.')
    .argument('<ref>', 'the batch')
    .option('--qty <pieces>', 'the pieces that came; as many as expected when left out')
    .addHelpText('after', `${exitCodes}Example:\n  stock-allocation arrive batch-002 --qty 48`)
    .action(arrive);
  program
    .command('slip')
    .summary('record that a batch arrives on another day')
    .description(
      'Records that a batch in transit is expected on another day. Lines that another batch can serve earlier move there.',
    )
    .argument('<ref>', 'the batch')
    .argument('<eta>', 'the new day, as YYYY-MM-DD')
    .addHelpText('after', `${exitCodes}Example:\n  stock-allocation slip batch-002 2030-02-28`)
    .action(slip);
  program
    .command('adjust')
    .summary('adjust how many pieces a batch has, and say why')
    .description('Adjusts how many pieces a batch has. Done again, it is done twice.')
    .argument('<ref>', 'the batch')
    .argument('<delta>', 'pieces more; fewer when negative')
    .requiredOption('--reason <reason>', 'damaged, lost, found, returned, counted or supplier')
    .option('--note <text>', 'what else is to be known about it')
    .addHelpText('after', `${exitCodes}Example:\n  stock-allocation adjust batch-001 -2 --reason damaged`)
    .action(adjust);
}

async function arrive(batchRef: string, { qty }: { qty?: string }): Promise<void> {
  const { RecordArrival } = contracts();
  const fields = new Fields({ ref: batchRef, qty });
  const command = new RecordArrival(fields.text('ref'), fields.optionalInteger('qty', [0, LARGEST_QUANTITY]));
  fields.check();
  await carryOut(async ({ commands }) => `${printable(batchRef)} ${await commands.execute(command)}`);
}

async function slip(batchRef: string, eta: string): Promise<void> {
  const { ChangeBatchEta } = contracts();
  const fields = new Fields({ ref: batchRef, eta });
  const command = new ChangeBatchEta(fields.text('ref'), fields.day('eta'));
  fields.check();
  await carryOut(async ({ commands }) => {
    await commands.execute(command);
    return `${printable(batchRef)} expected on ${eta}`;
  });
}

interface Adjustment {
  readonly reason: string;
  readonly note?: string;
}

async function adjust(batchRef: string, pieces: string, { reason, note }: Adjustment): Promise<void> {
  const { AdjustStock, adjustmentReasons } = contracts();
  const fields = new Fields({ ref: batchRef, delta: pieces, reason, note });
  const delta = fields.integer('delta', ADJUSTMENTS);
  const command = new AdjustStock(
    fields.text('ref'),
    delta,
    fields.oneOf('reason', adjustmentReasons),
    fields.optionalText('note'),
  );
  fields.check();
  await carryOut(async ({ commands }) => {
    await commands.execute(command);
    return `${printable(batchRef)} adjusted by ${delta}`;
  });
}

function contracts() {
  return require('../allocation/contracts') as typeof import('../allocation/contracts');
}
