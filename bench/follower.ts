import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

/** The time of an event. */
const TIME = /"time":"([^"]+)"/g;

/** A client of the event stream that reads all that comes, and looks at little of it: others have to be measured. */
export class Follower {
  bytes = 0;
  /** How long events were on their way, in milliseconds from when they were recorded. Only of one that looks. */
  readonly delays: number[] = [];
  private end = '';

  private constructor(private readonly socket: Socket) {}

  /**
   * Begins to follow what happens from now on.
   * @param query filters
   * @param looks whether it looks at each event
   */
  static async start(url: string, query: string, looks: boolean): Promise<Follower> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const follower = new Follower(socket);
    socket.on('data', (piece: Buffer) => follower.take(piece, looks));
    socket.on('error', () => {});
    socket.write(`GET /v1/events/stream?after=now${query} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        if (follower.bytes === 0) return;
        clearInterval(timer);
        resolve();
      }, 5);
    });
    return follower;
  }

  /** Whether the newest thing that it has is the event of this number. */
  hasCome(sequence: number): boolean {
    return this.end.includes(`"sequence":"${String(sequence).padStart(19, '0')}"`);
  }

  close(): void {
    this.socket.destroy();
  }

  private take(piece: Buffer, looks: boolean): void {
    this.bytes += piece.length;
    this.end = (this.end + piece.toString('latin1', Math.max(0, piece.length - 1_000))).slice(-1_000);
    if (!looks) return;
    const now = Date.now();
    for (const [, time] of piece.toString('latin1').matchAll(TIME)) this.delays.push(now - Date.parse(time));
  }
}
