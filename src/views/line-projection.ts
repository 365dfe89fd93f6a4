import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { DataSource } from 'typeorm';
import { Allocated, Deallocated, OutOfStock, type Recorded } from '../allocation/contracts';
import { PreparedStatements } from '../database/prepared';
import { Batcher } from './batcher';
import { RELAXED, type Statements } from './view-query';

export type LineState = 'allocated' | 'out of stock' | 'deallocated';

type LineEvent = Allocated | Deallocated | OutOfStock;

/** Keeps what became of every line of every order. */
@EventsHandler(Allocated, Deallocated, OutOfStock)
export class LineProjection implements IEventHandler<Recorded<LineEvent>> {
  private readonly statements: PreparedStatements;
  private readonly batcher = new Batcher<Recorded<LineEvent>>((events) =>
    writeLines(this.statements, events),
  );

  constructor(dataSource: DataSource) {
    this.statements = new PreparedStatements(dataSource);
  }

  handle(recorded: Recorded<LineEvent>): Promise<void> {
    return this.batcher.add(recorded);
  }
}

/** Whether the event says something of a line. */
export function isLineEvent(recorded: Recorded): recorded is Recorded<LineEvent> {
  const { event } = recorded;
  return [Allocated, Deallocated, OutOfStock].some((type) => event instanceof type);
}

/**
 * Writes what the events say, in whatever order they come and however often: the newest one counts.
 * @param table with the columns of view_lines
 */
export async function writeLines(
  source: Statements,
  events: readonly Recorded<LineEvent>[],
  table = 'view_lines',
): Promise<void> {
  const newest = new Map<string, Recorded<LineEvent>>();
  for (const recorded of events) {
    const key = `${recorded.event.orderId}\0${recorded.event.sku}`;
    if (recorded.sequence > (newest.get(key)?.sequence ?? 0)) newest.set(key, recorded);
  }
  const rows = [...newest.values()].map(({ event, sequence, occurredAt }) => ({
    ...event,
    state: stateAfter(event),
    batchRef: event instanceof Allocated ? event.batchRef : null,
    eta: event instanceof Allocated ? event.eta : null,
    sequence,
    occurredAt,
  }));
  // In the order of the keys, so that two instances never wait for each other.
  await source.query(
    `${RELAXED} INSERT INTO ${table} AS line (order_id, sku, qty, state, batch_ref, eta, sequence, changed_at)
     SELECT new.* FROM relaxed, unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::date[], $7::bigint[],
                          $8::timestamptz[]) AS new
     ORDER BY 1, 2
     ON CONFLICT (order_id, sku) DO UPDATE
     SET qty = excluded.qty, state = excluded.state, batch_ref = excluded.batch_ref, eta = excluded.eta,
         sequence = excluded.sequence, changed_at = excluded.changed_at
     WHERE line.sequence < excluded.sequence`,
    [
      rows.map(({ orderId }) => orderId),
      rows.map(({ sku }) => sku),
      rows.map(({ qty }) => qty),
      rows.map(({ state }) => state),
      rows.map(({ batchRef }) => batchRef),
      rows.map(({ eta }) => eta),
      rows.map(({ sequence }) => sequence),
      rows.map(({ occurredAt }) => occurredAt),
    ],
  );
}

function stateAfter(event: LineEvent): LineState {
  if (event instanceof Allocated) return 'allocated';
  return event instanceof Deallocated ? 'deallocated' : 'out of stock';
}
