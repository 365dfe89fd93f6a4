import { EventsHandler } from '@nestjs/cqrs';
import { setImmediate } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import {
  type DomainEvent,
  eventTypes,
  type GroupHandler,
  type InlineProjection,
  InlineProjections,
  type Recorded,
  type RecordedEventHandler,
} from '../../allocation/contracts';
import { CoalescedWrites } from '../../database/coalesced-writes';
import { SLICE } from '../../database/in-slices';
import { inTransaction, type Query } from '../../database/transaction';
import { LogReader } from '../../messaging/contracts';
import { AvailabilityView } from '../availability/availability';
import { batchesIn, writeBatches } from './batch-rows';
import { writeLines } from './line-rows';
import { skusOfSumsIn } from './line-sums';

/** How long rows that somebody holds are waited for after the commit, in milliseconds; then they are tried again later. */
const LOCK_TIMEOUT_MS = 250;

/**
 * Keeps the views of lines and batches: as a rule in the transaction of the unit of work, so that who reads sees
 * all of it or nothing, and sees what was answered. Events that were committed without (a view was locked, or
 * broken) are shown here afterwards, when the EventBus brings them.
 */
@LogReader({ name: 'views', beginsWith: 'now' })
@EventsHandler(...Object.values(eventTypes))
export class ViewProjection implements InlineProjection, RecordedEventHandler, GroupHandler {
  /** Events that were sent along with their units of work. They are published only if that was committed. */
  private readonly sentAlong = new WeakSet<Recorded>();
  private readonly late = new CoalescedWrites<Recorded>((events) => this.writeLate(events));

  constructor(
    private readonly dataSource: DataSource,
    private readonly availability: AvailabilityView,
    private readonly projections: InlineProjections,
  ) {
    projections.register(this);
  }

  async project(events: readonly Recorded[], query: Query): Promise<void> {
    await inTurns(events, (recorded) => this.sentAlong.add(recorded));
    await write(query, events);
  }

  /** One event, when its delivery is made good for. */
  async handle(_event: DomainEvent, recorded: Recorded): Promise<void> {
    await this.handleAll([recorded]);
  }

  /** The events that a commit has of one SKU: what belongs together is shown together. */
  async handleAll(events: readonly Recorded[]): Promise<void> {
    const late: Recorded[] = [];
    await inTurns(events, (recorded) => {
      if (!this.sentAlong.has(recorded)) late.push(recorded);
    });
    if (late.length > 0) await this.late.add(late);
    await this.availability.changed({ batches: batchesIn(events), linesOf: skusOfSumsIn(events) });
  }

  private writeLate(events: readonly Recorded[]): Promise<void> {
    return inTransaction(this.dataSource, { lockTimeoutMs: LOCK_TIMEOUT_MS }, async (query) => {
      await write(query, events);
      await this.projections.shownLate(events, query);
    });
  }
}

/** Does something with each event; of many, with turns for others on the event loop in between. */
async function inTurns(events: readonly Recorded[], work: (recorded: Recorded) => void): Promise<void> {
  for (let next = 0; next < events.length; next += SLICE) {
    if (next > 0) await setImmediate();
    for (const recorded of events.slice(next, next + SLICE)) work(recorded);
  }
}

async function write(query: Query, events: readonly Recorded[]): Promise<void> {
  await writeLines(query, events);
  await writeBatches(query, events);
}
