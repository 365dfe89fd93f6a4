import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { CloudEvent } from '../../src/log/contracts';

/** What an endpoint got. */
export interface Received {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly event: CloudEvent;
  readonly at: number;
}

type Answer = (received: Received, response: ServerResponse) => void;

/** An endpoint of webhooks as somebody else would write it: a real HTTP server that keeps what it got. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  /** How it answers, 204 unless told otherwise. */
  answer: Answer = (_, response) => void response.writeHead(204).end();

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => void this.take(request, response));
  }

  static async start(): Promise<WebhookReceiver> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new WebhookReceiver(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  /** What came of a SKU, by sequence. */
  sequencesOf(sku: string): number[] {
    return this.received
      .filter(({ event }) => event.subject === sku)
      .map(({ event }) => Number(event.sequence));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => {});
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const received = {
      headers: request.headers as Record<string, string>,
      body,
      event: JSON.parse(body) as CloudEvent,
      at: Date.now(),
    };
    this.received.push(received);
    this.answer(received, response);
  }
}

/** Whether the library that receivers use takes the signature. */
export function isSignedBy(secret: string, { body, headers }: Received): boolean {
  try {
    new Webhook(secret).verify(body, { ...headers });
    return true;
  } catch {
    return false;
  }
}
