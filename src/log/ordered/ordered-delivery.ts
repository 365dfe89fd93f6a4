import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Sql } from '../../database/sql';
import { Polling } from '../../polling';
import { extentOfLog, readLog } from '../event-log';
import { LogSequencer } from '../log-sequencer';
import { type Lease, LEASE_MS, Readers } from '../readers';
import { HeldSkus } from './held-skus';
import type { OrderedReader } from './ordered-reader';
import { OrderedSession } from './ordered-session';
import { note } from './session-notes';
import { heldSkusOf, replayedLetters, waitingEvents } from './waiting-events';
import { Trouble } from '../../trouble';
import { withTimeout } from '../../with-timeout';

/** How often it is looked for events that another instance numbered, and for what is to be tried again. */
const POLL_MS = 500;
/** How often leases are renewed, and readers looked up. Several of these may fail until a lease ends. */
const REFRESH_MS = LEASE_MS / 4;
/** How long what is to be noted is gathered, in milliseconds. */
const GATHER_MS = 10;
const PAGE = 250;
/** How long deliveries that are under way may take when the service stops. */
const STOP_MS = 1_000;

/** Who is to be read for; asked anew every few seconds. */
export type ReaderSource = () => Promise<readonly OrderedReader[]>;

/**
 * Hands the events of the log to readers that want those of each SKU in order, at least once. An event that fails holds
 * back only its SKU; everything else goes on, and the log keeps what waits. Any number of instances share the readers:
 * each is read for by one of them at a time, which has its lease.
 */
@Injectable()
export class OrderedDelivery implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(OrderedDelivery.name);
  private readonly sql: Sql;
  private readonly polling = new Polling(() => this.round());
  private readonly sources: ReaderSource[] = [];
  private readonly sessions = new Map<string, OrderedSession>();
  /** Readers whose last session has something under way still, which may take no notice that it was closed. */
  private readonly ending = new Set<string>();
  private refreshAt = 0;
  private readonly trouble = new Trouble(
    this.logger,
    'Could not read the log for those who want its events in order',
  );

  constructor(
    dataSource: DataSource,
    private readonly readers: Readers,
    sequencer: LogSequencer,
  ) {
    this.sql = new Sql(dataSource);
    sequencer.advanced.subscribe(() => this.polling.wake());
  }

  /** Reads for these readers, which are registered with `Readers`, and for no others that this source does not name. */
  follow(source: ReaderSource): void {
    this.sources.push(source);
  }

  onApplicationBootstrap(): void {
    this.polling.start();
  }

  /** Looks the readers up at once: some came, changed, or are to be read for anew. */
  refresh(): void {
    this.refreshAt = 0;
    this.polling.wake();
  }

  /** Deliveries under way have a second; then another instance reads for these readers at once. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.polling.stop();
    const open = [...this.sessions.values()];
    const drained = Promise.all(open.map((session) => session.drain()));
    await withTimeout(STOP_MS, drained).catch(() => {});
    await this.noteAll(true).catch(() => {});
    for (const session of open) session.close();
    if (open.length > 0) await this.readers.release([...this.sessions.keys()]).catch(() => {});
  }

  /** @returns the pause until the next round, in milliseconds */
  private async round(): Promise<number> {
    try {
      const isDue = performance.now() >= this.refreshAt;
      await this.noteAll(isDue);
      if (isDue) await this.refreshAll();
      const isMore = await this.read();
      for (const session of this.sessions.values()) session.start();
      this.trouble.end();
      return isMore ? GATHER_MS : POLL_MS;
    } catch (error) {
      this.trouble.begin(error);
      return 2 * POLL_MS;
    }
  }

  /** Takes and renews leases; whose lease is gone gets nothing more from here. */
  private async refreshAll(): Promise<void> {
    this.refreshAt = performance.now() + REFRESH_MS;
    const all = (await Promise.all(this.sources.map((source) => source()))).flat();
    const byName = new Map(all.map((reader) => [reader.name, reader]));
    const leases = byName.size > 0 ? await this.readers.lease([...byName.keys()]) : [];
    const kept = new Set(leases.map(({ name, fence }) => `${fence} ${name}`));
    for (const [name, session] of this.sessions) {
      if (session.isClosed || !kept.has(`${session.fence} ${name}`)) this.drop(name);
    }
    await this.open(
      leases.filter(({ name }) => !this.sessions.has(name) && !this.ending.has(name)),
      byName,
    );
    for (const { name, validUntil } of leases) this.sessions.get(name)?.renew(byName.get(name)!, validUntil);
    if (leases.length === 0) return;
    const mostOf = new Map([...this.sessions].map(([name, session]) => [name, session.mostLetters]));
    for (const { reader, event } of await replayedLetters(this.sql, mostOf))
      this.sessions.get(reader)!.replay(event);
  }

  private async open(leases: readonly Lease[], readers: ReadonlyMap<string, OrderedReader>): Promise<void> {
    if (leases.length === 0) return;
    for (const { name } of leases) await readers.get(name)!.begin?.();
    const held = await heldSkusOf(
      this.sql,
      leases.map(({ name }) => name),
    );
    for (const lease of leases) {
      const session = new OrderedSession(
        readers.get(lease.name)!,
        lease,
        new HeldSkus(held.get(lease.name)!),
        (sku, waiting, filter) => waitingEvents(this.sql, sku, waiting, filter),
        () => this.polling.wake(GATHER_MS),
      );
      this.sessions.set(lease.name, session);
    }
  }

  /** @param evenSkipped also of readers that got nothing, but were read on for */
  private async noteAll(evenSkipped: boolean): Promise<void> {
    const open = [...this.sessions].filter(([, session]) => !session.isClosed);
    const notes = open.flatMap(([, session]) => session.takeNotes(evenSkipped) ?? []);
    if (notes.length === 0) return;
    const noted = await note(this.sql, notes).catch((error: unknown) => {
      // Nobody knows whether it was noted, so these readers are read for anew from what the database says.
      for (const { lease } of notes) this.drop(lease.name);
      throw error;
    });
    for (const { lease } of notes.filter(({ lease }) => !noted.has(lease.name))) {
      this.drop(lease.name);
      this.refreshAt = 0;
    }
  }

  /** Reads on for everyone who has room, once for those who have come equally far. @returns whether there is more */
  private async read(): Promise<boolean> {
    const withRoom = [...this.sessions.values()].filter((session) => session.hasRoom);
    if (withRoom.length === 0) return false;
    const { last } = await extentOfLog(this.sql);
    let isMore = false;
    for (const place of new Set(withRoom.map(({ readTo }) => readTo))) {
      if (place >= last) continue;
      const sessions = withRoom.filter(({ readTo }) => readTo === place);
      const filter = sessions.length === 1 ? sessions[0].filter : {};
      const { events, position } = await readLog(this.sql, place, PAGE, filter);
      for (const session of sessions) session.take(events, position);
      isMore ||= position < last;
    }
    return isMore;
  }

  private drop(name: string): void {
    const session = this.sessions.get(name);
    if (!session) return;
    session.close();
    this.sessions.delete(name);
    this.ending.add(name);
    void session.drain().then(() => {
      this.ending.delete(name);
      this.refresh();
    });
  }
}
