import { randomUUID } from 'node:crypto';
import type { Contender, Line, Target } from './contest';
import type { HttpConnection } from './http-connection';
import { BUILT_SERVICE, ServiceProcess } from './service';

/** The service over HTTP. */
export const service = overHttp('service');

/** The same, each request with an Idempotency-Key of its own. */
export const serviceWithKeys = overHttp('service, with Idempotency-Key', {
  allocate: (connection, line) =>
    connection.expect(202, 'POST', '/v1/allocations', line, { 'idempotency-key': randomUUID() }),
});

/** Two instances of it on one database, half of the clients at each. */
export const twoInstances = overHttp('two instances', { instances: 2 });

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
  /** Whether its metrics are read each second. */
  readonly readMetrics?: boolean;
  readonly allocate?: (connection: HttpConnection, line: Line) => Promise<void>;
}

function allocateOnce(connection: HttpConnection, line: Line): Promise<void> {
  return connection.expect(202, 'POST', '/v1/allocations', line);
}

function overHttp(
  name: string,
  { main = BUILT_SERVICE, instances = 1, readMetrics = false, allocate = allocateOnce }: OverHttp = {},
): Contender {
  return {
    name,
    async start(databaseUrl: string, clients: number): Promise<Target> {
      const services: ServiceProcess[] = [];
      for (let count = 0; count < instances; count += 1) {
        services.push(await ServiceProcess.start(databaseUrl, main));
      }
      const connections = await Promise.all(services.map((one) => one.connect(clients / instances)));
      const read = () => services.map(({ url }) => fetch(`${url}/metrics`).then((answer) => answer.text()));
      const reading = readMetrics ? setInterval(read, 1_000) : undefined;
      return {
        clients: connections.flat().map((connection) => (line) => allocate(connection, line)),
        stop: async () => {
          clearInterval(reading);
          for (const connection of connections.flat()) connection.close();
          await Promise.all(services.map((one) => one.stop()));
        },
      };
    },
  };
}
