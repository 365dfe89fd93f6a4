import { type ByEventType, forEvent, type Recorded } from '../../allocation/contracts';

/** What rows say that were written into the view of lines, and what they said before: as the CTE `written`. */
export const WRITTEN = 'sku, state, eta, qty, was_state, was_eta, was_qty';

/** The states of lines of which there are sums. */
const SUMMED = `('reserved', 'waiting')`;

/**
 * Adds what rows say that were written, and takes away what they said before. Whatever order events come in, and however
 * often, a row is written only by what is newer, and under its lock; so the sums are those of the rows at any time.
 * A statement, which writes nothing when no such line was or is reserved or waiting.
 * @param schema of the sums, with a full stop; '' for that of the views
 */
export const addToSums = (schema: string) => `
  INSERT INTO ${schema}view_line_sums AS sums (sku, state, arrives, lines, pieces, changes)
  SELECT sku, state, coalesce(eta, '-infinity'), sum(lines), sum(lines * qty), 1 FROM (
    SELECT sku, state, eta, qty, 1 AS lines FROM written WHERE state IN ${SUMMED}
    UNION ALL
    SELECT sku, was_state, was_eta, was_qty, -1 FROM written WHERE was_state IN ${SUMMED}
  ) change GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (sku, state, arrives) DO UPDATE
  SET lines = sums.lines + excluded.lines, pieces = sums.pieces + excluded.pieces, changes = sums.changes + 1`;

const yes = () => true;
const no = () => false;

/** Whether an event may change which lines are reserved or waiting, or for how long. */
const changesSums: ByEventType<[], boolean> = {
  BatchCreated: no,
  BatchQuantityChanged: no,
  StockAdjusted: no,
  BatchArrived: no,
  BatchEtaChanged: no,
  Allocated: ({ cause }) => cause !== 'asked',
  Reserved: yes,
  ReservationExtended: yes,
  ReservationConfirmed: yes,
  ReservationExpired: yes,
  // The event does not say whether the line was reserved.
  Deallocated: yes,
  OutOfStock: no,
  Waitlisted: yes,
  WaitCancelled: yes,
  Dispatched: no,
  TermsChanged: no,
  PromiseChanged: yes,
};

/** The SKUs of which the events may change the sums, each once. */
export function skusOfSumsIn(events: readonly Recorded[]): string[] {
  const skus = new Set<string>();
  for (const { event } of events) if (forEvent(changesSums, event)) skus.add(event.sku);
  return [...skus];
}
