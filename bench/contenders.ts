import { createHash, randomUUID } from 'node:crypto';
import type { Contender, Line, Target } from './contest';
import { HttpConnection } from './http-connection';
import { BUILT_SERVICE, ServiceProcess } from './service';

/** The service over HTTP. */
export const service = overHttp('service');

/** The same, each request with an Idempotency-Key of its own. */
export const serviceWithKeys = overHttp('service, with Idempotency-Key', {
  allocate: (connection, line) =>
    connection.expect(202, 'POST', '/v1/allocations', line, { 'idempotency-key': randomUUID() }),
});

/** Instances of it on one database, each with its share of the clients. */
export const oneInstance = overHttp('one instance');
export const twoInstances = overHttp('two instances', { instances: 2 });
export const fourInstances = overHttp('four instances', { instances: 4 });

/** The same behind a proxy that knows SKUs: whatever concerns a SKU goes to the same instance. */
export const twoInstancesBySku = overHttp('two instances, by SKU', { instances: 2, bySku: true });
export const fourInstancesBySku = overHttp('four instances, by SKU', { instances: 4, bySku: true });

/** The service with a transaction for each unit of work, which shows what sharing commits gains. */
export const commitPerUnit = overHttp('service, one commit per unit of work', {
  main: 'bench/mains/commit-per-unit.ts',
});

/** The service, whose metrics are read all the time. */
export const measuredService = overHttp('service, its metrics read each second', { readMetrics: true });

/** The service without what counts and measures. */
export const unmeasuredService = overHttp('service that measures nothing', {
  main: 'bench/mains/without-metrics.ts',
});

/** The same line, but reserved first. */
export const reserveAndConfirm = overHttp('reserve and confirm', {
  allocate: async (connection, line) => {
    await connection.expect(202, 'POST', '/v1/allocations', { ...line, reserveFor: 3_600 });
    await connection.expect(202, 'POST', `/v1/allocations/${line.orderId}/${line.sku}/confirm`);
  },
});

/** An order of that line, which reserves and confirms it by itself. */
export const placeOrders = overHttp('place an order of it', {
  allocate: (connection, { orderId, sku, qty }) =>
    connection.expect(201, 'POST', '/v1/orders', { orderId, lines: [{ sku, qty }] }),
});

interface OverHttp {
  /** The file to run. */
  readonly main?: string;
  readonly instances?: number;
  /** Whether each client sends the lines of a SKU to the same instance, and not all lines to an instance of its own. */
  readonly bySku?: boolean;
  /** Whether its metrics are read each second. */
  readonly readMetrics?: boolean;
  readonly allocate?: (connection: HttpConnection, line: Line) => Promise<void>;
}

function allocateOnce(connection: HttpConnection, line: Line): Promise<void> {
  return connection.expect(202, 'POST', '/v1/allocations', line);
}

function overHttp(
  name: string,
  {
    main = BUILT_SERVICE,
    instances = 1,
    bySku = false,
    readMetrics = false,
    allocate = allocateOnce,
  }: OverHttp = {},
): Contender {
  return {
    name,
    async start(databaseUrl: string, clients: number): Promise<Target> {
      const services: ServiceProcess[] = [];
      for (let started = 0; started < instances; started += 1) {
        services.push(await ServiceProcess.start(databaseUrl, main));
      }
      const connections = bySku
        ? []
        : (await Promise.all(services.map((one) => one.connect(clients / instances)))).flat();
      /** A client that opens a connection when it first needs it: one that asks for nothing in five seconds is ended. */
      const clientOfAll = () => {
        const own: (HttpConnection | undefined)[] = [];
        return async (line: Line) => {
          const instance = hashOf(line.sku) % instances;
          if (!own[instance])
            connections.push((own[instance] = await HttpConnection.open(services[instance].url)));
          await allocate(own[instance], line);
        };
      };
      const read = () => services.map(({ url }) => fetch(`${url}/metrics`).then((answer) => answer.text()));
      const reading = readMetrics ? setInterval(read, 1_000) : undefined;
      return {
        clients: bySku
          ? Array.from({ length: clients }, clientOfAll)
          : connections.map((connection) => (line) => allocate(connection, line)),
        stop: async () => {
          clearInterval(reading);
          for (const connection of connections) connection.close();
          await Promise.all(services.map((one) => one.stop()));
        },
      };
    },
  };
}

/** As proxies hash what they route by. */
function hashOf(sku: string): number {
  return createHash('sha1').update(sku).digest().readUInt32BE();
}
