import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What PostgreSQL says to a login, to a statement, and when it ends the connection. */
const READY = message('Z', Buffer.from('I'));
const LOGIN = Buffer.concat([message('R', Buffer.alloc(4)), READY]);
const ANSWER = Buffer.concat([
  message('1'),
  message('2'),
  message('n'),
  message('C', Buffer.from('SELECT 0\0')),
  READY,
]);
const FATAL = message(
  'E',
  Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'),
);

function message(type: string, content = Buffer.alloc(0)): Buffer {
  const head = Buffer.from(`${type}....`);
  head.writeInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}

/** Stands between a client and a server, to take the server away from the client. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private state: 'open' | 'frozen' | 'cut' | 'fatal' = 'open';
  private statements = 0;

  private constructor(private readonly target: URL) {
    this.server = createServer((client) => {
      this.track(client);
      if (this.state === 'cut') return void client.end();
      if (this.state === 'fatal') return this.endAfter(this.statements, client);
      const upstream = connect(Number(target.port), target.hostname);
      this.track(upstream);
      this.forward(client, upstream);
      this.forward(upstream, client);
    });
  }

  static async to(target: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(new URL(target));
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

  /**
   * From now on every connection ends. Whoever makes a new one to what is said to be a PostgreSQL learns in the same
   * packet that it is ready, after so many statements, and that it is over.
   */
  sayFatal(statements: number): void {
    this.cut();
    this.state = 'fatal';
    this.statements = statements;
  }

  /** From now on everything goes through again. */
  open(): void {
    this.state = 'open';
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

  private endAfter(statements: number, client: Socket): void {
    let packets = [LOGIN, ...Array<Buffer>(statements).fill(ANSWER)];
    packets = [...packets.slice(0, -1), Buffer.concat([packets.at(-1)!, FATAL])];
    client.on('data', () => {
      client.write(packets.shift() ?? '');
      if (packets.length === 0) client.end();
    });
  }

  private forward(from: Socket, to: Socket): void {
    from.on('data', (data) => this.state === 'open' && to.write(data));
    from.on('close', () => to.destroy());
  }
}
