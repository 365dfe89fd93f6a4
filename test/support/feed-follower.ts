import { setTimeout as pause } from 'node:timers/promises';

interface Event {
  readonly subject: string;
  readonly sequence: string;
}

/** An event by its SKU and number, as `seen` has it. */
export const nameOfEvent = (sku: string, sequence: string | number) => `${sku} ${Number(sequence)}`;

/**
 * A client of the feed: takes over events one by one together with the cursor behind each, and goes on from the last one
 * whenever it is cut off.
 */
export class FeedFollower {
  /** What it has taken over, in the order in which it came. */
  readonly seen: string[] = [];
  /** How often it has connected. */
  connections = 0;
  /** Answers other than 200 that it had, but for those of a service that cannot answer now. */
  readonly refused: number[] = [];
  private cursor?: string;
  private connection = new AbortController();
  private stopped = false;
  private running?: Promise<void>;

  /**
   * @param url where the service is, asked for each connection
   * @param query filters, such as `sku=SOFA`
   */
  constructor(
    private readonly url: () => string,
    private readonly way: 'stream' | 'poll',
    private readonly query = '',
  ) {}

  start(): this {
    this.running = this.follow();
    return this;
  }

  /** Loses the connection, as in a tunnel. */
  cut(): void {
    this.connection.abort();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.cut();
    await this.running;
  }

  private async follow(): Promise<void> {
    while (!this.stopped) {
      this.connection = new AbortController();
      this.connections += 1;
      try {
        if (this.way === 'stream') await this.stream();
        else await this.poll();
      } catch {
        // The service is gone, or the connection; there will be another one.
        await pause(20);
      }
    }
  }

  private async ask(path: string, query: string, headers: Record<string, string> = {}): Promise<Response> {
    const { signal } = this.connection;
    const response = await fetch(`${this.url()}${path}?${query}&${this.query}`, { headers, signal });
    if (response.status === 200) return response;
    if (response.status !== 503) this.refused.push(response.status);
    throw new Error(String(response.status));
  }

  private async poll(): Promise<void> {
    const after = this.cursor === undefined ? '' : `&after=${this.cursor}`;
    const answer = (await (await this.ask('/v1/events', `wait=5${after}`)).json()) as {
      events: Event[];
      next: string;
    };
    for (const { subject, sequence } of answer.events) this.seen.push(nameOfEvent(subject, sequence));
    this.cursor = answer.next;
  }

  private async stream(): Promise<void> {
    const headers = this.cursor === undefined ? undefined : { 'last-event-id': this.cursor };
    const response = await this.ask('/v1/events/stream', '', headers);
    const decoder = new TextDecoder();
    let text = '';
    for await (const piece of response.body!) {
      const frames = (text + decoder.decode(piece, { stream: true })).split('\n\n');
      // What comes last may be half a frame; if it stays so, it is forgotten with the connection.
      text = frames.pop()!;
      for (const frame of frames) this.take(frame);
    }
  }

  private take(frame: string): void {
    const data = /^data: (.*)$/m.exec(frame)?.[1];
    if (data !== undefined) {
      const { subject, sequence } = JSON.parse(data) as Event;
      this.seen.push(nameOfEvent(subject, sequence));
    }
    this.cursor = /^id: (.*)$/m.exec(frame)?.[1] ?? this.cursor;
  }
}
