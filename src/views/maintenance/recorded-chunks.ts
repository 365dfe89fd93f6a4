import type { Statements } from '../../database/sql';
import type { Recorded } from '../../allocation/contracts';
import { eventsNotNumbered, readLog, type StoredEvent, toRecorded } from '../../log/contracts';

/** Some events of the log, and the position of the last of them. */
export interface Chunk {
  readonly events: readonly Recorded[];
  readonly position: number;
}

const CHUNK = 5_000;

/**
 * Reads the log in the order of the positions, in chunks. Events of types that this version of the service
 * does not know are left out.
 * @param after the position after which to begin
 */
export async function* eventsOfLog(sql: Statements, after: number): AsyncGenerator<Chunk> {
  for (let position = after; ;) {
    const page = await readLog(sql, position, CHUNK);
    if (page.events.length > 0) yield { events: recordedOf(page.events), position: page.position };
    if (page.events.length < CHUNK) return;
    position = page.position;
  }
}

/** Reads the events that have no position yet, in chunks, like `eventsOfLog`. */
export async function* eventsOnTheirWay(sql: Statements): AsyncGenerator<readonly Recorded[]> {
  for (let after = '0'; ;) {
    const page = await eventsNotNumbered(sql, after, CHUNK);
    if (!page) return;
    after = page.next;
    yield recordedOf(page.events);
  }
}

function recordedOf(events: readonly StoredEvent[]): Recorded[] {
  return events.flatMap((event) => toRecorded(event) ?? []);
}
