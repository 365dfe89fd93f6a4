import type { Bench } from './bench';
import { linesOf } from './contest';
import type { HttpConnection } from './http-connection';
import { type Asked, keepAsking } from './load';
import type { ServiceProcess } from './service';
import { percentile } from './statistics';

const CLIENTS = 32;

/** How others fared while something large was done. */
export interface Meanwhile {
  /** How long it took. */
  readonly milliseconds: number;
  /** 99th percentile of the answers for other SKUs, before it and while it was under way. */
  readonly p99Before: number;
  readonly p99During: number;
  readonly answeredDuring: number;
  /** The slowest answer of /health/live meanwhile: for so long the event loop was kept from everything else. */
  readonly slowestLive: number;
  /** The most memory that the service had meanwhile, in MB (RSS). */
  readonly memory: number;
  /** What the others asked. */
  readonly asked: Asked;
}

interface Large {
  /** SKUs of which others allocate lines all the time. */
  readonly others: readonly string[];
  /** Waits for the moment to begin, once the others are warm. */
  readonly until?: () => Promise<void>;
  /** Resolves when it is done. Its connection was opened for it, since those on which nothing is asked are closed. */
  readonly work: (connection: HttpConnection) => Promise<void>;
}

/**
 * Does something large while 32 clients allocate lines of other SKUs, and somebody asks whether the service is alive.
 * @throws what `work` throws, and Error when the service does not answer
 */
export async function meanwhile(
  bench: Bench,
  service: ServiceProcess,
  { others, until, work }: Large,
): Promise<Meanwhile> {
  const { warmUpSeconds, seconds } = bench.sizes;
  const clients = await service.connect(CLIENTS);
  const nextLine = linesOf(others);
  const answers: Answer[] = [];
  let ended = false;
  const load = keepAsking(
    clients.map((one) => () => one.expect(202, 'POST', '/v1/allocations', nextLine())),
    () => ended,
    (asked, answered) => answers.push({ asked, answered }),
  );
  const from = performance.now() + warmUpSeconds * 1000;
  await new Promise((resolve) => setTimeout(resolve, (warmUpSeconds + seconds) * 1000));
  await until?.();
  const [worker, watcher] = await service.connect(2);
  const beganAt = performance.now();
  const working = work(worker).finally(() => (ended = true));
  const [endedAt, watched] = await Promise.all([
    working.then(() => performance.now()),
    watch(service, watcher, () => ended),
  ]);
  const asked = await load;
  for (const one of [worker, watcher, ...clients]) one.close();

  const before = answers.filter(({ asked: begun, answered }) => begun >= from && answered < beganAt);
  const during = answers.filter(({ asked: begun, answered }) => answered >= beganAt && begun <= endedAt);
  return {
    milliseconds: endedAt - beganAt,
    p99Before: p99(before),
    p99During: p99(during),
    answeredDuring: during.filter(({ answered }) => answered <= endedAt).length,
    ...watched,
    asked,
  };
}

interface Answer {
  readonly asked: number;
  readonly answered: number;
}

/** Asks every few milliseconds whether the service is alive, and how much memory it has. */
async function watch(
  service: ServiceProcess,
  connection: HttpConnection,
  ended: () => boolean,
): Promise<Pick<Meanwhile, 'slowestLive' | 'memory'>> {
  let [slowestLive, memory] = [0, 0];
  while (!ended()) {
    const asked = performance.now();
    await connection.expect(200, 'GET', '/health/live');
    slowestLive = Math.max(slowestLive, performance.now() - asked);
    memory = Math.max(memory, await service.memory());
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return { slowestLive, memory };
}

function p99(answers: readonly Answer[]): number {
  return percentile(
    answers.map(({ asked, answered }) => answered - asked).sort((a, b) => a - b),
    99,
  );
}
