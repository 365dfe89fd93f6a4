import type { Bench } from './bench';
import { drive } from './load';
import type { Summary } from './statistics';
import { type Stock, stockUp } from './stock';

/** An order line that a client wants to have allocated. */
export interface Line {
  readonly orderId: string;
  readonly sku: string;
  readonly qty: number;
}

/** One way of allocating lines. */
export interface Contender {
  readonly name: string;
  /** Gets ready to work on the database for so many clients. */
  start(databaseUrl: string, clients: number): Promise<Target>;
}

/** A contender that is ready. */
export interface Target {
  /** Each allocates a line, and throws when it was told anything but that it was accepted. */
  readonly clients: readonly ((line: Line) => Promise<void>)[];
  stop(): Promise<void>;
}

/** Clients that warm up: alone, one would take minutes to have all code compiled that a running service has. */
const WARM_UP_CLIENTS = 128;

interface Contest {
  readonly contenders: readonly Contender[];
  readonly stock: Stock;
  readonly clients: number;
}

/**
 * Lets the contenders allocate lines in turns (A B A B …), each time on a new database with the same stock,
 * and audits the write model after each turn.
 * @returns for each contender the summary of every round
 */
export async function contest(bench: Bench, { contenders, stock, clients }: Contest): Promise<Summary[][]> {
  const rounds: Summary[][] = contenders.map(() => []);
  for (let round = 1; round <= bench.sizes.rounds; round += 1) {
    for (const [index, contender] of contenders.entries()) {
      const summary = await turn(bench, contender, stock, clients);
      rounds[index].push(summary);
      bench.report(`round ${round}, ${contender.name}`, summary);
    }
  }
  return rounds;
}

async function turn(bench: Bench, contender: Contender, stock: Stock, clients: number): Promise<Summary> {
  const database = await bench.server.create((client) => stockUp(client, stock));
  try {
    const target = await contender.start(database.url, Math.max(clients, WARM_UP_CLIENTS));
    const nextLine = linesOf(stock.skus);
    const all = target.clients.map((allocate) => () => allocate(nextLine()));
    const load = await drive(all.slice(0, clients), bench.sizes, all).finally(() => target.stop());
    await bench.check(database, load, linesIn(stock) + load.answered);
    return load;
  } finally {
    await database.drop();
  }
}

/** Lines of 1 to 10 pieces of SKUs taken at random; each of an order of its own. */
export function linesOf(skus: readonly string[]): () => Line {
  let orders = 0;
  return () => ({
    orderId: `order-${(orders += 1)}`,
    sku: skus[Math.floor(Math.random() * skus.length)],
    qty: 1 + Math.floor(Math.random() * 10),
  });
}

function linesIn({ skus, batchesPerSku, linesPerBatch = 0 }: Stock): number {
  return skus.length * batchesPerSku * linesPerBatch;
}
