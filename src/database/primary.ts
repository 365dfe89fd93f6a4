import { Logger } from '@nestjs/common';
import { Client } from 'pg';
import { placeOfDatabase, urlsOfHosts } from '../database-url';
import { messageOf } from '../error-text';
import { READ_ONLY } from './errors';
import { isReadOnly } from './host';

/**
 * How long a host may take to let in, and how long to answer the question. Whoever waits for a connection waits no longer than
 * its pool has it wait; what is found after that serves the next one.
 */
const HOST_MS = 2_000;

/** A connection to one of the hosts. */
export interface Connected {
  readonly port: number;
  readonly host: string;
  /** Breaks it off, with what is under way on it. */
  destroy(): void;
}

/** A host as the driver is told of it. */
interface Host {
  readonly url: string;
  readonly host: string;
  readonly port: number;
}

/**
 * Which of the hosts of a database is the primary, as libpq finds it for `target_session_attrs=read-write`. There is one
 * of these in a process for each DATABASE_URL with several hosts, and none for a URL with one.
 *
 * - Before a connection is made, the host that was the primary last is asked whether it takes writes, at first that which
 *   the URL names first. If it does not, or says nothing for two seconds, all others are asked at the same time, and of
 *   those that do the first in the order of the URL is the primary. Who asks meanwhile gets the same answer, so many
 *   connections that are lost together cost one search. What is connected already is asked nothing.
 * - When another host has become the primary, the connections to the one before are broken off: a machine that vanished
 *   would keep those who use them waiting, and one that somebody isolated must not be read from.
 * - One that says nothing at all is missed by the connection of `DatabaseHealth`, which looks at the keys four times a
 *   second and waits two for the answer.
 * - What is under way on a connection that breaks is answered 503, and was carried out or not. One that takes no writes
 *   any more, and stays, is given up by `DatabaseHealth`.
 *
 * Nothing here decides who is the primary. Whoever promotes a standby makes sure that the one before takes no writes.
 */
export class Primary {
  private static readonly all = new Map<string, Primary>();
  private readonly logger = new Logger(Primary.name);
  private readonly connections = new Set<Connected>();
  private current: Host;
  private search?: Promise<Host>;

  private constructor(private readonly hosts: readonly Host[]) {
    this.current = hosts[0];
  }

  /** @returns undefined when the URL names one host */
  static of(url = ''): Primary | undefined {
    const urls = urlsOfHosts(url);
    if (urls.length === 1) return undefined;
    let primary = Primary.all.get(url);
    if (!primary) {
      primary = new Primary(urls.map((url) => ({ url, ...addressIn(url) })));
      Primary.all.set(url, primary);
    }
    return primary;
  }

  /** A URL that has all but the right host, for the driver to take apart. */
  get anyUrl(): string {
    return this.hosts[0].url;
  }

  /** @throws AggregateError with what each host said, when none takes writes */
  find(): Promise<Pick<Host, 'host' | 'port'>> {
    this.search ??= this.look().finally(() => (this.search = undefined));
    return this.search;
  }

  /** Has a connection broken off when another host becomes the primary. @returns what ends that */
  follow(connection: Connected): () => void {
    this.connections.add(connection);
    return () => void this.connections.delete(connection);
  }

  private async look(): Promise<Host> {
    const refusals: unknown[] = [];
    for (const asked of [[this.current], this.hosts.filter((host) => host !== this.current)]) {
      const answers = asked.map(({ url }) => refusalOf(url));
      for (const [index, answer] of answers.entries()) {
        const refusal = await answer;
        if (refusal === undefined) return this.moveTo(asked[index]);
        refusals.push(refusal);
      }
    }
    throw noneOf(refusals);
  }

  private moveTo(host: Host): Host {
    if (host !== this.current) {
      this.current = host;
      this.logger.log(`The primary is ${placeOfDatabase(host.url)} now`);
      for (const connection of this.connections) {
        if (connection.host !== host.host || connection.port !== host.port) connection.destroy();
      }
    }
    return host;
  }
}

/** The address in the URL of one host, as the driver reads it. */
function addressIn(url: string): { host: string; port: number } {
  const { host, port } = new Client({ connectionString: url });
  return { host, port };
}

/** Asks a host whether it takes writes. @returns why not, an error; undefined when it does */
async function refusalOf(url: string): Promise<unknown> {
  const client = new Client({
    connectionString: url,
    application_name: 'stock-allocation primary',
    connectionTimeoutMillis: HOST_MS,
    query_timeout: HOST_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const refuses = await isReadOnly(client);
    void client.end().catch(() => undefined);
    if (!refuses) return undefined;
    return Object.assign(new Error(`${placeOfDatabase(url)} takes no writes`), { code: READ_ONLY });
  } catch (error) {
    client.connection.stream.destroy();
    return error;
  }
}

/** One error of all; that of a host which answers says more than that of one which does not. */
function noneOf(refusals: unknown[]): Error {
  const codes = refusals.map((error) => (error as { code?: string }).code);
  const code = codes.find((code) => code === READ_ONLY) ?? codes[0];
  const texts = refusals.map(messageOf);
  const error = new AggregateError(refusals, `No host of the database takes writes: ${texts.join(', ')}`);
  return code === undefined ? error : Object.assign(error, { code });
}
