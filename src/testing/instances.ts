import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import { CommandBus, EventBus, type ICommand } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ExpireReservations } from '../allocation/contracts';
import { AppModule, broughtBy, loadConfig, type ServiceModule } from '../app.module';
import { connect, prepareDatabase } from '../database/data-source';
import { EmbeddedPostgres } from '../database/embedded-postgres';
import { Sql } from '../database/sql';
import { createApp } from '../http/create-app';
import { Readers } from '../log/contracts';
import { installClock, putForward, skusThatRanOut } from './clock';
import { until } from './until';

export interface StartOptions {
  /** Modules besides those that the service comes with. */
  readonly modules?: readonly ServiceModule[];
  /** Settings other than by default. */
  readonly settings?: NodeJS.ProcessEnv;
  /** A database for the test alone; by default a PostgreSQL is started for it, and thrown away at the end. */
  readonly databaseUrl?: string;
}

/** An answer over HTTP. */
export type Answer = Awaited<ReturnType<NestFastifyApplication['inject']>>;

/** A mail in the queue; without a mail server it counts as sent when it is written to the log. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly isSent: boolean;
}

/** One instance of the service, without a port. */
export class Instance {
  constructor(readonly app: NestFastifyApplication) {}

  /** A provider of any module. */
  get<T>(type: Type<T>): T {
    return this.app.get(type);
  }

  /** @param body goes as JSON */
  send(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object): Promise<Answer> {
    return this.app.inject({ method, url, payload: body });
  }
}

/** Hands events to no handler. */
const NOBODY = { publish: () => {}, publishAll: () => Promise.resolve(new Set<string>()) };

const LEFT_TO_DELIVER = `
  SELECT FROM outbox
  UNION ALL SELECT FROM redeliveries
  UNION ALL SELECT FROM readers r JOIN log_head h ON r.position < h.position WHERE seen_at > now() - interval '1 minute'`;

/**
 * Starts some instances of the service on one database, in this process, as they would run side by side.
 * @throws what keeps them from starting
 */
export async function startInstances(count: number, options: StartOptions = {}): Promise<Instances> {
  const { databaseUrl, modules = [], settings } = options;
  const postgres = databaseUrl === undefined ? await temporaryPostgres() : undefined;
  const url = databaseUrl ?? postgres!.url;
  const config = loadConfig({ LOG_LEVEL: 'silent', ...settings, DATABASE_URL: url }, modules);
  const { migrations, apis } = broughtBy(config.modules);
  await prepareDatabase(url, migrations);
  const dataSource = await connect(url);
  const sql = new Sql(dataSource);
  await installClock(sql);
  const all: Instance[] = [];
  const start = async () => {
    const app = await createApp(config, AppModule.forRoot(config), apis);
    try {
      await app.init();
      await app.getHttpAdapter().getInstance().ready();
      return new Instance(app);
    } catch (error) {
      await app.close();
      throw error;
    }
  };
  const stop = async () => {
    for (const { app } of all) await app.close();
    await dataSource.destroy();
    await postgres?.stop();
  };
  try {
    while (all.length < count) all.push(await start());
    return new Instances(all, sql, new Readers(dataSource), start, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Instances of the service on one database. */
export class Instances {
  private asked = 0;

  constructor(
    readonly all: readonly Instance[],
    /** Statements, to look at tables. */
    readonly sql: Sql,
    private readonly readers: Readers,
    private readonly start: () => Promise<Instance>,
    /** Stops them, and throws the database away that was made for them. */
    readonly stop: () => Promise<void>,
  ) {}

  /** The one whose turn it is. */
  get next(): Instance {
    return this.all[this.asked++ % this.all.length];
  }

  /** Has the instance whose turn it is carry out a command. @throws what its handler throws */
  execute<T>(command: ICommand): Promise<T> {
    return this.next.get(CommandBus).execute(command);
  }

  /**
   * Has an instance of its own carry out a command of any module, and end as if it had crashed after each commit: its
   * handlers get no events, which they have only the log to get from.
   */
  async executeAndCrash<T>(command: ICommand): Promise<T> {
    const { app } = await this.start();
    app.get(EventBus).publisher = NOBODY;
    try {
      return await app.get(CommandBus).execute(command);
    } finally {
      await app.close();
    }
  }

  /** Waits until every event has reached every handler, and none is to be delivered again. */
  async settled(seconds = 20): Promise<void> {
    await until(async () => (await this.sql.count(LEFT_TO_DELIVER)) === 0, seconds);
  }

  /** Has a handler get all events once more, and waits until it has. @param handler its name */
  async deliverAgain(handler: string): Promise<void> {
    await this.settled();
    if ((await this.readers.replay(handler)) === undefined)
      throw new Error(`There is no handler called ${handler}`);
    await this.settled();
  }

  /** Puts the clock forward by which reservations run out, and has those expire that did. */
  async pass(seconds: number): Promise<void> {
    await putForward(this.sql, seconds);
    for (const sku of await skusThatRanOut(this.sql)) await this.execute(new ExpireReservations(sku));
  }

  /** All mails that were queued, the oldest first. */
  mails(): Promise<Mail[]> {
    return this.sql.rows<Mail>(
      `SELECT recipient AS "to", subject, body AS text, sent_at IS NOT NULL AS "isSent"
       FROM mail_queue ORDER BY queued_at, id`,
    );
  }
}

/** A server whose data are thrown away, so nothing need be flushed to disk. */
async function temporaryPostgres(): Promise<{ url: string; stop: () => Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'stock-allocation-test-'));
  // Under root, postgres runs as another user.
  await chmod(dataDir, 0o755);
  const remove = () => rm(dataDir, { recursive: true, force: true, maxRetries: 10 });
  try {
    const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
    const server = await EmbeddedPostgres.start({ dataDir, settings });
    return { url: server.url, stop: () => server.stop().finally(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}
