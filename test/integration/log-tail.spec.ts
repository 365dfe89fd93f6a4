import { once } from 'node:events';
import { get as httpGet, type IncomingMessage } from 'node:http';
import type { Server, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { Sql } from '../../src/database/sql';
import { LogSequencer } from '../../src/log/contracts';
import { dropPart, oldestPart } from '../../src/log/log-parts';
import { HttpApp } from '../support/http-app';
import { number } from '../support/numbered';
import { SentStatements } from '../support/sent-statements';
import { until } from '../support/until';

const FOLLOWERS = 500;

/** Each event begins like this, and nothing else in these streams does. */
const BEGIN = 'event: ';

let http: HttpApp;
let url: string;
beforeEach(async () => {
  http = await HttpApp.start();
  await http.app.listen(0, '127.0.0.1');
  url = await http.app.getUrl();
});
afterEach(() => http.stop());

/** Events as units of work record them: from one number of a SKU to another. */
async function record(sku: string, from: number, to: number): Promise<void> {
  await http.database.query(
    `INSERT INTO outbox (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data)
     SELECT gen_random_uuid(), 'OutOfStock', 2, $1, n, now(), 'c', 'c', jsonb_build_object('filler', repeat('x', 500))
     FROM generate_series($2::int, $3::int) AS n`,
    [sku, from, to],
  );
  await number(http.app.get(DataSource), http.app.get(LogSequencer));
}

async function open(query = ''): Promise<IncomingMessage> {
  const [response] = (await once(httpGet(`${url}/v1/events/stream${query}`), 'response')) as [
    IncomingMessage,
  ];
  return response;
}

/** A follower that counts what comes, and looks at nothing more. */
async function count(query = ''): Promise<{ events: number; response: IncomingMessage }> {
  const follower = { events: 0, response: await open(query) };
  let end = '';
  follower.response.on('data', (piece: Buffer) => {
    // A piece may end in the middle of the word.
    const text = end + piece.toString('latin1');
    follower.events += text.split(BEGIN).length - 1;
    end = text.slice(-BEGIN.length + 1);
  });
  follower.response.on('error', () => {});
  return follower;
}

/** How often the log was read for who follows it, and its head; handlers look for what they missed in another way. */
const readings = ({ all }: SentStatements) => ({
  log: all.filter(({ text }) => /schema_version.*FROM log\s+WHERE position > /s.test(text)).length,
  head: all.filter(({ text }) => /FROM log_head/.test(text) && /log_epochs/.test(text)).length,
});

test(`${FOLLOWERS} followers of what happens cost one reading of the log`, async () => {
  const followers = await Promise.all(Array.from({ length: FOLLOWERS }, () => count('?after=now')));
  const sent = new SentStatements();
  try {
    const begun = performance.now();
    for (let n = 1; n <= 10; n += 1) {
      await record('SOFA', n, n);
      await until(() => followers.every(({ events }) => events >= n));
    }
    const { log, head } = readings(sent);
    expect(followers.every(({ events }) => events === 10)).toBe(true);
    // One each time that there was something new; and a look at the head for each poll, whoever follows.
    expect(log).toBeLessThanOrEqual(10);
    expect(head).toBeLessThanOrEqual(2 * 10 + (performance.now() - begun) / 100);
  } finally {
    sent.stop();
    for (const { response } of followers) response.destroy();
  }
});

test(`${FOLLOWERS} followers that begin at the same position cost one reading of each page`, async () => {
  await record('SOFA', 1, 400);
  const sent = new SentStatements();
  const followers = await Promise.all(Array.from({ length: FOLLOWERS }, () => count()));
  try {
    await until(() => followers.every(({ events }) => events === 400), 30);
    // Two pages; a few more when some connect so late that the first have gone on.
    expect(readings(sent).log).toBeLessThan(20);
  } finally {
    sent.stop();
    for (const { response } of followers) response.destroy();
  }
});

test('a follower that does not read costs a bounded amount of memory, and misses nothing when it reads on', async () => {
  const EVENTS = 30_000; // 20 MB
  const sockets = new Set<Socket>();
  (http.app.getHttpServer() as Server).on('connection', (socket: Socket) => sockets.add(socket));
  const slow = await Promise.all([open(), open('?sku=SOFA')]);
  const fast = await count();
  let most = 0;
  // In few steps: who reads nothing for 30 seconds is given up.
  const STEP = 5_000;
  for (let n = 0; n < EVENTS; n += STEP) {
    await record('SOFA', n + 1, n + STEP);
    most = Math.max(most, ...[...sockets].map(({ writableLength }) => writableLength));
  }
  await until(() => fast.events === EVENTS, 30);
  await pause(200);
  most = Math.max(most, ...[...sockets].map(({ writableLength }) => writableLength));
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(500_000);

  async function numbersIn(response: IncomingMessage): Promise<number[]> {
    let text = '';
    const numbers: number[] = [];
    for await (const piece of response) {
      const frames = (text + String(piece)).split('\n\n');
      text = frames.pop()!;
      for (const frame of frames) {
        const sequence = /"sequence":"0*(\d+)"/.exec(frame)?.[1];
        if (sequence) numbers.push(Number(sequence));
      }
      if (numbers.length >= EVENTS) break;
    }
    return numbers;
  }
  const all = Array.from({ length: EVENTS }, (_, index) => index + 1);
  // Both at once, so that neither waits for the other unread.
  for (const numbers of await Promise.all(slow.map(numbersIn))) expect(numbers).toEqual(all);
  fast.response.destroy();
}, 300_000);

test('a stream ends that retention has passed while it caught up, and its position is gone (410): a gap is not silence', async () => {
  const EVENTS = 25_000; // More than fits into the buffers on the way to who does not read.
  await record('SOFA', 1, EVENTS);
  const stream = await open();
  const source = http.app.get(DataSource);
  // The first two of three parts.
  for (let parts = 0; parts < 2;) {
    const part = (await oldestPart(new Sql(source)))!;
    parts += await dropPart(source, part).then(
      () => 1,
      () => 0, // Somebody reads the log at that moment.
    );
  }
  let text = '';
  for await (const piece of stream) {
    text += String(piece);
    if (text.includes(String(EVENTS).padStart(19, '0'))) break;
  }
  const numbers = [...text.matchAll(/"sequence":"0*(\d+)"/g)].map(([, number]) => Number(number));
  expect(numbers.length).toBeLessThan(EVENTS);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  const last = [...text.matchAll(/^id: (.+)$/gm)].at(-1)![1];
  expect(await http.get(`/v1/events?after=${encodeURIComponent(last)}`)).toMatchObject({ statusCode: 410 });
}, 120_000);

test('a filter that lets little through finds it far behind many events that it does not', async () => {
  await record('SOFA', 1, 25_000);
  await record('RUG', 1, 1);
  // A page that looks for it for too long is empty, and the next one goes on from there.
  let after = '';
  await until(async () => {
    const answer = await http.get(`/v1/events?sku=RUG${after}`);
    const { events, next } = answer.json<{ events: object[]; next: string }>();
    after = `&after=${encodeURIComponent(next)}`;
    return events.length === 1;
  });
});
