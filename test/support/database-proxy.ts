import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a client and a server, to take the server away from the client. */
export class DatabaseProxy {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private state: 'open' | 'frozen' | 'cut' = 'open';

  private constructor(private readonly target: URL) {
    this.server = createServer((client) => {
      this.track(client);
      if (this.state === 'cut') return void client.end();
      const upstream = connect(Number(target.port), target.hostname);
      this.track(upstream);
      this.forward(client, upstream);
      this.forward(upstream, client);
    });
  }

  static async to(target: string): Promise<DatabaseProxy> {
    const proxy = new DatabaseProxy(new URL(target));
    await once(proxy.server.listen(0, '127.0.0.1'), 'listening');
    return proxy;
  }

  /** Leads through the proxy to the target. */
  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return url.href;
  }

  /** From now on nothing goes through, and nobody is told. */
  freeze(): void {
    this.state = 'frozen';
  }

  /** From now on every connection ends, and each new one as soon as it is made. */
  cut(): void {
    this.state = 'cut';
    for (const socket of this.sockets) socket.end();
  }

  async stop(): Promise<void> {
    const closed = once(this.server.close(), 'close');
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private track(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
  }

  private forward(from: Socket, to: Socket): void {
    from.on('data', (data) => this.state === 'open' && to.write(data));
    from.on('close', () => to.destroy());
  }
}
