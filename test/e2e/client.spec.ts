import { build, type Metafile } from 'esbuild';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import {
  answerOf,
  createClient,
  type EventsPage,
  follow,
  isEvent,
  items,
  PositionExpired,
  type StockClient,
  type StockEvent,
  verifyWebhook,
} from 'stock-allocation-client';
import { browserProgram } from '../support/browser-program';
import { RunningService } from '../support/running-service';
import { query } from '../support/sql';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';
import { WebhookReceiver } from '../support/webhook-receiver';
import { stepsOf } from '../support/written-document';

const root = join(__dirname, '../..');

/** A page of another origin than the service. */
let page: Server;
let pageUrl: string;
let script: string;
let bundle: Metafile;
let database: TestDatabase;
let settings: NodeJS.ProcessEnv;
let service: RunningService;
let stock: StockClient;

beforeAll(async () => {
  await promisify(execFile)('npm', ['run', 'build', '-w', 'packages/client'], { cwd: root });
  [page, pageUrl] = await servePage();
  database = await createTestDatabase();
  settings = { DATABASE_URL: database.url, CORS_ORIGINS: pageUrl, WEBHOOKS_ALLOW_PRIVATE: 'true' };
  service = await RunningService.start(settings);
  settings.PORT = new URL(service.url).port;
  stock = createClient({ url: service.url });
});
afterAll(async () => {
  await service.stop();
  page.close();
  await database.drop();
});

/** Serves a page that has the client, bundled as a shop would do it. */
async function servePage(): Promise<[Server, string]> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: "export * from 'stock-allocation-client'", resolveDir: root },
    ...{ bundle: true, minify: true, write: false, metafile: true },
    ...{ format: 'esm', platform: 'browser', target: 'es2022', logLevel: 'silent', tsconfigRaw: {} },
  });
  [script, bundle] = [outputFiles[0].text, metafile];
  const server = createServer((request, response) => {
    const isScript = request.url === '/client.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : '<!doctype html><title>Shop</title>');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return [server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`];
}

async function addStock(sku: string, batchRef: string, qty = 10): Promise<void> {
  await answerOf(stock.POST('/v1/batches', { body: { ref: batchRef, sku, qty } }));
}
const order = (orderId: string, sku: string, qty = 1) =>
  answerOf(stock.POST('/v1/allocations', { body: { orderId, sku, qty } }));

test('what adds something through the client is done once, also when its answer gets lost', async () => {
  await addStock('LOST', 'lost-1');
  let sent = 0;
  const fetch = async (request: Request) => {
    const response = await globalThis.fetch(request);
    if ((sent += 1) === 1) throw new TypeError('The connection broke');
    return response;
  };
  const { response } = await createClient({ url: service.url, fetch }).POST('/v1/batches/{ref}/adjustments', {
    params: { path: { ref: 'lost-1' } },
    body: { delta: -3, reason: 'damaged' },
  });
  expect([sent, response.status, response.headers.get('idempotent-replayed')]).toEqual([2, 202, 'true']);
  const { availableQuantity } = await answerOf(
    stock.GET('/v1/batches/{ref}', { params: { path: { ref: 'lost-1' } } }),
  );
  expect(availableQuantity).toBe(7);
});

test('the client iterates lists to their end', async () => {
  for (const batchRef of ['list-1', 'list-2', 'list-3']) await addStock('LIST', batchRef);
  const batchRefs: string[] = [];
  for await (const { ref: batchRef } of items(stock, '/v1/batches', {
    params: { query: { sku: 'LIST', limit: 1 } },
  }))
    batchRefs.push(batchRef);
  expect(batchRefs).toEqual(['list-1', 'list-2', 'list-3']);
});

test('the client follows the feed without a gap and without repetition while the service is killed and comes back', async () => {
  await addStock('FEED', 'feed-1', 100);
  const leave = new AbortController();
  const seen: string[] = [];
  const following = (async () => {
    for await (const { events } of follow(stock, { skus: ['FEED'], signal: leave.signal }))
      for (const event of events) seen.push(isEvent(event, 'Allocated') ? event.data.orderId : 'batch');
  })();
  const orders: string[] = [];
  for (let n = 0; n < 12; n += 1) {
    if (n === 5) {
      await service.stop('SIGKILL');
      // Started while the first of the following orders is sent again and again.
      setTimeout(() => void RunningService.start(settings).then((next) => (service = next)), 100);
    }
    orders.push(`order-${n}`);
    // A slow machine may have the service back later than the client hopes for: the same line once more is no other one.
    const isTaken = () =>
      order(`order-${n}`, 'FEED').then(
        () => true,
        () => false,
      );
    await until(isTaken, 120);
  }
  await until(() => seen.length > orders.length);
  leave.abort(new Error('enough'));
  await expect(following).rejects.toThrow('enough');
  expect(seen).toEqual(['batch', ...orders]);
});

test('the client follows from now on by a position, which it has before anything is waited for', async () => {
  await addStock('NOW', 'now-1');
  const pages = follow(stock, { after: 'now', types: ['Allocated'], skus: ['NOW'] });
  expect(await pages.next()).toEqual({ done: false, value: { events: [], next: expect.any(String) } });
  await order('now-1', 'NOW');
  const { value } = (await pages.next()) as { value: EventsPage };
  expect(value.events.map(({ type }) => type.split('.')[1])).toEqual(['Allocated']);
});

test('the client has an error of its own for a position of another database, or behind what is kept', async () => {
  const { next } = await answerOf(stock.GET('/v1/events', { params: { query: { limit: 1 } } }));
  await until(async () => (await query(database.url, 'SELECT FROM outbox')).length === 0);
  await query(database.url, 'UPDATE log_head SET first_position = position + 1');
  await expect(follow(stock, { after: next }).next()).rejects.toBeInstanceOf(PositionExpired);
  await expect(follow(stock, { after: 'nowhere' }).next()).rejects.toMatchObject({ kind: 'bad-request' });
});

test('the client verifies what the service posts to an endpoint, and makes the event of it', async () => {
  const receiver = await WebhookReceiver.start();
  try {
    const webhook = await answerOf(
      stock.POST('/v1/webhooks', { body: { url: receiver.url, skus: ['HOOK'] } }),
    );
    await addStock('HOOK', 'hook-1');
    await until(() => receiver.received.length > 0);
    const [{ headers, body }] = receiver.received;
    const event: StockEvent = verifyWebhook(webhook.secret, headers, body);
    expect(isEvent(event, 'BatchCreated') && event.data).toEqual({
      sku: 'HOOK',
      batchRef: 'hook-1',
      qty: 10,
      eta: null,
    });
    await stock.DELETE('/v1/webhooks/{id}', { params: { path: { id: webhook.id } } });
  } finally {
    await receiver.stop();
  }
});

test('the example of the client does what its README says', async () => {
  const example = join(root, 'examples/shop-client');
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(example, 'shop.mjs'),
    '--url',
    service.url,
  ]);
  const outputs = stepsOf(readFileSync(join(example, 'README.md'), 'utf8')).flatMap((step) =>
    step.do === 'type' && step.output !== '' ? [step.output] : [],
  );
  expect([stdout.trim()]).toEqual(outputs);
});

test('a bundle of the client is small, and has nothing of the service in it', () => {
  const sources = Object.keys(bundle.inputs).filter((path) => path !== '<stdin>');
  const packages = sources.map((path) =>
    /node_modules\/((?:@[^/]+\/)?[^/]+)|packages\/(client)/.exec(path)?.slice(1, 3).join(''),
  );
  expect([...new Set(packages)].sort()).toEqual(
    [...['@stablelib/base64', 'fast-sha256', 'openapi-fetch', 'standardwebhooks', 'client']].sort(),
  );
  expect(script.length).toBeLessThan(30_000);
});

const describeInBrowser = hasBrowser() ? describe : describe.skip;

/** Where none can be had the tests are skipped, and say so; in CI they fail. */
function hasBrowser(): boolean {
  try {
    return browserProgram().path !== '';
  } catch (error) {
    if (process.env.CI) throw error;
    process.stderr.write(`Skipped: the client in a browser. ${(error as Error).message}\n`);
    return false;
  }
}

describeInBrowser('in a browser', () => {
  test('a page of another origin sends commands, iterates lists, follows events and verifies webhooks', async () => {
    const { path, env } = browserProgram();
    const browser = await chromium.launch({
      executablePath: path,
      env: env,
      // Its sandbox does not work for root, nor in most containers.
      args: ['--no-sandbox'],
    });
    try {
      const tab = await browser.newPage();
      await tab.goto(pageUrl);
      const seen = await tab.evaluate(`(async () => {
        const { answerOf, createClient, follow, items, ProblemError, verifyWebhook } = await import('/client.js');
        const stock = createClient({ url: ${JSON.stringify(service.url)} });
        const pages = follow(stock, { after: 'now', skus: ['TAB'] });
        await pages.next();
        await answerOf(stock.POST('/v1/batches', { body: { ref: 'tab-1', sku: 'TAB', qty: 10 } }));
        const refs = [];
        for await (const { ref } of items(stock, '/v1/batches', { params: { query: { sku: 'TAB' } } })) refs.push(ref);
        const { value } = await pages.next();
        const refused = await answerOf(stock.GET('/v1/batches/{ref}', { params: { path: { ref: 'none' } } })).catch((e) => e);
        let forged;
        try { verifyWebhook('whsec_c2VjcmV0', new Headers(), '{}'); } catch (e) { forged = e.name; }
        return [refs, value.events.map(({ type }) => type), refused instanceof ProblemError && refused.kind, forged];
      })()`);
      expect(seen).toEqual([
        ['tab-1'],
        ['allocation.BatchCreated.v1'],
        'batch-not-found',
        'WebhookVerificationError',
      ]);
    } finally {
      await browser.close();
    }
  });
});
