// Events in words, for whoever did something and wants to know what became of it.
import { day, instant, pieces, where } from './format.js';

const got = ({ batchRef, eta, cause }) => {
  const from = `${batchRef} (${where(eta)})`;
  if (cause === 'moved') return `moved to ${from}`;
  if (cause === 'displaced') return `found another place in ${from}`;
  return cause === 'wait-list' ? `waited, and now has ${from}` : `has ${from}`;
};
const lost = { moved: 'leaves', displaced: 'no longer fits into', 'given back': 'gave back to' };
const promised = (eta) => (eta === null ? 'now' : day(eta));

const words = {
  BatchCreated: (e) => [e.batchRef, `is there with ${pieces(e.qty)}, ${where(e.eta)}`],
  BatchQuantityChanged: (e) => [e.batchRef, `has ${pieces(e.qty)}, after ${e.previousQty}`],
  StockAdjusted: (e) => [e.batchRef, `has ${pieces(e.qty)}, after ${e.previousQty}: ${e.reason}`],
  BatchArrived: (e) => [e.batchRef, `arrived with ${pieces(e.qty)}, of ${e.previousQty} expected`],
  BatchEtaChanged: (e) => [e.batchRef, `arrives ${day(e.eta)}, not ${day(e.previousEta)}`],
  Allocated: (e) => [e.orderId, `${got(e)}: ${pieces(e.qty)}`],
  Reserved: (e) => [e.orderId, `${got(e)}: ${pieces(e.qty)}, held until ${instant(e.expiresAt)}`],
  ReservationExtended: (e) => [e.orderId, `is held until ${instant(e.expiresAt)}`],
  ReservationConfirmed: (e) => [e.orderId, `is confirmed: ${pieces(e.qty)} from ${e.batchRef}`],
  ReservationExpired: (e) => [e.orderId, `ran out: ${pieces(e.qty)} are back in ${e.batchRef}`],
  Deallocated: (e) => [e.orderId, `${lost[e.reason] ?? 'left'} ${e.batchRef}: ${pieces(e.qty)}`],
  OutOfStock: (e) => [e.orderId, `cannot be served: ${pieces(e.qty)} wanted`],
  Waitlisted: (e) => [e.orderId, `waits for ${pieces(e.qty)}`],
  WaitCancelled: (e) => [e.orderId, 'left the wait-list'],
  Dispatched: (e) => [e.orderId, `left the warehouse: ${pieces(e.qty)} from ${e.batchRef}`],
  TermsChanged: (e) => [e.orderId, `has priority ${e.priority}, after ${e.previousPriority}`],
  PromiseChanged: (e) => [e.orderId, `is promised ${promised(e.eta)} instead of ${promised(e.previousEta)}`],
};

/** The types of events; pages hear of these and no others. */
export const EVENT_TYPES = Object.keys(words);

/** The name of the type of a CloudEvent. */
export const typeOf = ({ type }) => type.split('.')[1];

/**
 * What a CloudEvent says.
 * @returns who or what it is about (an order, or else a batch), whether that is an order, and what happened to it
 */
export function say(event) {
  const [who, what] = words[typeOf(event)]?.(event.data) ?? [event.subject, typeOf(event)];
  return { who, isOrder: event.data.orderId !== undefined, what };
}
