import type { Command as Program } from 'commander';
import type { Explanation, LineOutcome } from '../allocation/contracts';
import { Fields } from '../csv/fields';
import { printable } from '../printable';
import { PRIORITIES, RESERVATION_SECONDS } from '../syntax';
import { carryOut } from './carry-out';

const exitCodes = '\nExit code: 0 all is well, 1 it was refused, 2 it could not run.\n\n';

const examples = `Examples:
  stock-allocation allocate order-001 SMALL-TABLE 10
  stock-allocation allocate cart-001 SMALL-TABLE 10 --reserve 900
  stock-allocation allocate order-002 SMALL-TABLE 10 --wait --priority 5`;

interface Options {
  readonly order?: string;
  readonly priority?: string;
  readonly wait?: boolean;
  readonly reserve?: string;
  readonly json?: boolean;
}

/** The commands `allocate`, `confirm`, `dispatch`, `deallocate` and `explain`, each about one order line. */
export function registerLines(program: Program): void {
  const withTerms = (command: Program) =>
    command
      .option('--priority <number>', 'the larger is served first; 0 when left out')
      .option('--wait', 'wait when no batch can take it')
      .option('--reserve <seconds>', 'hold it for that time alone')
      .option('--json', 'as JSON');
  withTerms(
    program
      .command('allocate')
      .summary('find a batch for an order line')
      .description(
        'Finds a batch for an order line. Of a line that is known already it takes over the terms.',
      )
      .argument('<order>')
      .argument('<sku>')
      .argument('<qty>', 'pieces, all of them from one batch'),
  )
    .addHelpText('after', exitCodes + examples)
    .action(allocate);
  program
    .command('confirm')
    .summary('have a reserved order line allocated for good')
    .description('Has a reserved order line allocated for good, in the batch that it has.')
    .argument('<order>')
    .argument('<sku>')
    .addHelpText('after', `${exitCodes}Example:\n  stock-allocation confirm cart-001 SMALL-TABLE`)
    .action(confirm);
  program
    .command('dispatch')
    .summary('record that an order line left the warehouse')
    .description('Records that an order line left the warehouse. This is final.')
    .argument('<order>')
    .argument('<sku>')
    .addHelpText('after', `${exitCodes}Example:\n  stock-allocation dispatch order-001 SMALL-TABLE`)
    .action(dispatch);
  program
    .command('deallocate')
    .summary('give an order line back')
    .description('Gives the pieces of an order line back to its batch, or takes it off the wait-list.')
    .argument('<order>')
    .argument('<sku>')
    .addHelpText('after', `${exitCodes}Example:\n  stock-allocation deallocate order-001 SMALL-TABLE`)
    .action(deallocate);
  withTerms(
    program
      .command('explain')
      .summary('say what would happen to an order line, and why')
      .description(
        'Says what `allocate` would do now, and what is found about each batch. Nothing is changed.',
      )
      .argument('<sku>')
      .argument('<qty>', 'pieces, all of them from one batch')
      .option('--order <order>', 'the order, if there is one already'),
  )
    .addHelpText('after', `${exitCodes}Example:\n  stock-allocation explain SMALL-TABLE 10`)
    .action(explain);
}

async function allocate(order: string, sku: string, qty: string, options: Options): Promise<void> {
  const { Allocate, OrderLine } = contracts();
  const asked = askedFor({ ...options, order, sku, qty });
  const command = new Allocate(new OrderLine(order, sku, asked.qty), asked.terms);
  await carryOut(async ({ commands }) => {
    const outcome = await commands.execute(command);
    return options.json ? JSON.stringify(outcome) : sentenceOf(outcome);
  });
}

async function confirm(order: string, sku: string): Promise<void> {
  const { ConfirmReservation } = contracts();
  checkLine(order, sku);
  await carryOut(async ({ commands }) => {
    await commands.execute(new ConfirmReservation(order, sku));
    return 'confirmed';
  });
}

async function dispatch(order: string, sku: string): Promise<void> {
  const { Dispatch } = contracts();
  checkLine(order, sku);
  await carryOut(async ({ commands }) => {
    await commands.execute(new Dispatch(order, sku));
    return 'dispatched';
  });
}

async function deallocate(order: string, sku: string): Promise<void> {
  const { Deallocate } = contracts();
  checkLine(order, sku);
  await carryOut(async ({ commands }) => {
    await commands.execute(new Deallocate(order, sku));
    return 'deallocated';
  });
}

async function explain(sku: string, qty: string, options: Options): Promise<void> {
  const { Explain, OrderLine } = contracts();
  // No order has an empty name, so this is a line that nobody knows.
  const { order = '' } = options;
  const asked = askedFor({ ...options, order: order || 'any', sku, qty });
  const question = new Explain(new OrderLine(order, sku, asked.qty), asked.terms);
  await carryOut(async ({ queries }) => {
    const explanation = await queries.execute(question);
    return options.json ? JSON.stringify(explanation) : tableOf(explanation);
  });
}

/** What a line is asked for with, checked as over HTTP. @throws BadRow */
function askedFor(given: Options & { readonly order: string; readonly sku: string; readonly qty: string }) {
  const { order, sku, qty: wanted, priority, wait, reserve } = given;
  const fields = new Fields({ order, sku, qty: wanted, priority, reserve });
  fields.name('order');
  fields.name('sku');
  const qty = fields.quantity('qty');
  const terms = {
    priority: fields.optionalInteger('priority', PRIORITIES),
    wait,
    reserveFor: fields.optionalInteger('reserve', RESERVATION_SECONDS),
  };
  fields.check();
  return { qty, terms };
}

/** @throws BadRow */
function checkLine(order: string, sku: string): void {
  const fields = new Fields({ order, sku });
  fields.text('order');
  fields.text('sku');
  fields.check();
}

function sentenceOf(line: LineOutcome): string {
  if (line.batchRef === null) return line.outcome;
  const until = line.outcome === 'reserved' ? ` until ${line.expiresAt}` : '';
  return `${line.outcome}${until}: ${printable(line.batchRef)}, ${dayOf(line.eta)}`;
}

function tableOf({ outcome, batchRef, eta, place, considered }: Explanation): string {
  const batch = batchRef === null ? '' : `: ${printable(batchRef)}, ${dayOf(eta)}`;
  const turn =
    place === null ? '' : `, place ${place} on the wait-list${outcome === 'waiting' ? '' : ' if it waited'}`;
  const lines = considered.map(
    ({ batchRef, eta, available, verdict }) =>
      `  ${printable(batchRef)}, ${dayOf(eta)}, ${available} available: ${verdict}`,
  );
  return [`${outcome}${batch}${turn}`, ...lines].join('\n');
}

function dayOf(eta: string | null): string {
  return eta === null ? 'in the warehouse' : `expected on ${eta}`;
}

function contracts() {
  return require('../allocation/contracts') as typeof import('../allocation/contracts');
}
