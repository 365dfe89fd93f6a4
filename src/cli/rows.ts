import {
  AdjustStock,
  adjustmentReasons,
  Allocate,
  ChangeBatchEta,
  CreateBatch,
  OrderLine,
  RecordArrival,
} from '../allocation/contracts';
import { Fields } from '../csv/fields';
import { ADJUSTMENTS, LARGEST_QUANTITY, PRIORITIES, RESERVATION_SECONDS } from '../syntax';

type Values<Column extends string, Optional extends string = never> = Readonly<
  Record<Column, string> & Partial<Record<Optional, string>>
>;

export const batchColumns = ['ref', 'sku', 'qty', 'eta'] as const;
export const orderColumns = ['orderid', 'sku', 'qty'] as const;
/** On which terms a line is asked for. */
export const termColumns = ['priority', 'wait', 'reserve'] as const;
export const arrivalColumns = ['ref'] as const;
export const etaColumns = ['ref', 'eta'] as const;
export const adjustmentColumns = ['id', 'ref', 'delta', 'reason'] as const;

/** Stock that was bought. @throws BadRow */
export function batchOf(values: Values<(typeof batchColumns)[number]>): CreateBatch {
  const fields = new Fields(values);
  const [batchRef, sku] = [fields.name('ref'), fields.name('sku')];
  const [qty, eta] = [fields.quantity('qty'), fields.optionalDay('eta')];
  fields.check();
  return new CreateBatch(batchRef, sku, qty, eta);
}

/** An order line. @throws BadRow */
export function lineOf(
  values: Values<(typeof orderColumns)[number], (typeof termColumns)[number]>,
): Allocate {
  const fields = new Fields(values);
  const line = new OrderLine(fields.name('orderid'), fields.name('sku'), fields.quantity('qty'));
  const terms = {
    priority: fields.optionalInteger('priority', PRIORITIES),
    wait: fields.optionalFlag('wait'),
    reserveFor: fields.optionalInteger('reserve', RESERVATION_SECONDS),
  };
  fields.check();
  return new Allocate(line, terms);
}

/** A batch that has arrived. @throws BadRow */
export function arrivalOf(values: Values<(typeof arrivalColumns)[number], 'qty'>): RecordArrival {
  const fields = new Fields(values);
  const [batchRef, qty] = [fields.text('ref'), fields.optionalInteger('qty', [0, LARGEST_QUANTITY])];
  fields.check();
  return new RecordArrival(batchRef, qty);
}

/** A batch in transit that is expected on another day. @throws BadRow */
export function etaOf(values: Values<(typeof etaColumns)[number]>): ChangeBatchEta {
  const fields = new Fields(values);
  const [batchRef, eta] = [fields.text('ref'), fields.day('eta')];
  fields.check();
  return new ChangeBatchEta(batchRef, eta);
}

/** A batch that has more or fewer pieces than was known. @throws BadRow */
export function adjustmentOf(values: Values<(typeof adjustmentColumns)[number], 'note'>): AdjustStock {
  const fields = new Fields(values);
  fields.name('id');
  const [batchRef, delta] = [fields.text('ref'), fields.integer('delta', ADJUSTMENTS)];
  const [reason, note] = [fields.oneOf('reason', adjustmentReasons), fields.optionalText('note')];
  fields.check();
  return new AdjustStock(batchRef, delta, reason, note);
}
