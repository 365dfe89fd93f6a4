import { randomUUID } from 'node:crypto';
import type { Contender, Target } from './contest';
import { BUILT_SERVICE, ServiceProcess } from './service';

/** The service over HTTP. */
export const service = overHttp('service');

/** The same, each request with an Idempotency-Key of its own. */
export const serviceWithKeys = overHttp('service, with Idempotency-Key', { isKeyed: true });

/** Two instances of it on one database, half of the clients at each. */
export const twoInstances = overHttp('two instances', { instances: 2 });

/** The service with a transaction for each unit of work, which shows what sharing commits gains. */
export const commitPerUnit = overHttp('service, one commit per unit of work', {
  main: 'bench/mains/commit-per-unit.ts',
});

function overHttp(name: string, { main = BUILT_SERVICE, instances = 1, isKeyed = false } = {}): Contender {
  return {
    name,
    async start(databaseUrl: string, clients: number): Promise<Target> {
      const services: ServiceProcess[] = [];
      for (let count = 0; count < instances; count += 1) {
        services.push(await ServiceProcess.start(databaseUrl, main));
      }
      const connections = await Promise.all(services.map((one) => one.connect(clients / instances)));
      return {
        clients: connections.flat().map((connection) => async (line) => {
          const headers = isKeyed ? { 'idempotency-key': randomUUID() } : undefined;
          await connection.expect(202, 'POST', '/v1/allocations', line, headers);
        }),
        stop: async () => {
          for (const connection of connections.flat()) connection.close();
          await Promise.all(services.map((one) => one.stop()));
        },
      };
    },
  };
}
