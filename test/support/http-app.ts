import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule, loadConfig } from '../../src/app.module';
import { createApp } from '../../src/http/create-app';
import type { Client } from 'pg';
import { connected } from './sql';
import { createTestDatabase } from './test-database';

type InjectOptions = Exclude<Parameters<NestFastifyApplication['inject']>[0], string | undefined>;
export type Answer = Awaited<ReturnType<NestFastifyApplication['inject']>>;

/** The whole service on a database of its own, without a port. */
export class HttpApp {
  /** What each request carries, such as a key. */
  headers: Record<string, string> = {};

  private constructor(
    readonly app: NestFastifyApplication,
    readonly database: Client,
    readonly databaseUrl: string,
    private readonly drop: () => Promise<void>,
  ) {}

  /**
   * @param route how the service is to reach the database at the given URL
   * @param settings others than by default
   */
  static async start(
    route: (databaseUrl: string) => Promise<string> = async (url) => url,
    settings: NodeJS.ProcessEnv = {},
  ): Promise<HttpApp> {
    const { url, drop } = await createTestDatabase();
    const config = loadConfig({ DATABASE_URL: await route(url), LOG_LEVEL: 'silent', ...settings });
    const app = await createApp(config, AppModule.forRoot(config), AppModule.apis);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return new HttpApp(app, await connected(url), url, drop);
  }

  /** @param body an object goes as JSON; a text as it is, declared as JSON unless `headers` say otherwise */
  async send(
    method: string,
    url: string,
    body?: object | string,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const json = typeof body === 'string' ? { 'content-type': 'application/json' } : {};
    return this.app.inject({
      method,
      url,
      payload: body,
      headers: { ...this.headers, ...json, ...headers },
    } as InjectOptions);
  }

  /** The beginning of an answer without an end: what there is of it when `isEnough` says so. */
  async beginning(
    url: string,
    isEnough: (body: string) => boolean,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const answer = await this.app.inject({
      method: 'GET',
      url,
      headers: { ...this.headers, ...headers },
      payloadAsStream: true,
    });
    let body = '';
    for await (const piece of answer.stream()) {
      body += String(piece);
      if (isEnough(body)) break;
    }
    return { ...answer, statusCode: answer.statusCode, headers: answer.headers, body };
  }

  get(url: string): Promise<Answer> {
    return this.send('GET', url);
  }

  post(url: string, body?: object | string): Promise<Answer> {
    return this.send('POST', url, body);
  }

  /** Creates a key that may do anything, which each request carries from then on. */
  async useKey(): Promise<void> {
    const answer = await this.post('/v1/keys', { name: 'test', scopes: ['admin'] });
    this.headers = { authorization: `Bearer ${answer.json<{ key: string }>().key}` };
  }

  /** All rows of the write model, to see that something changed nothing. */
  async state(): Promise<unknown> {
    // An event is the same whether it is numbered already or not.
    const tables = {
      products: 'products',
      batches: 'batches',
      allocations: 'allocations',
      events: '(SELECT id, type, sku, sequence, data FROM events)',
    };
    const rows = Object.entries(tables).map(
      ([name, table]) => `(SELECT json_agg(t ORDER BY t::text) FROM ${table} t) AS ${name}`,
    );
    return (await this.database.query(`SELECT ${rows.join()}`)).rows;
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.database.end();
    await this.drop();
  }
}
