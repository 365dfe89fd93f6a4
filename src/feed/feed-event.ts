import { cloudEventOf, cursorOf, type Epoch, type LoggedEvent } from '../log/contracts';

/** An event of the log as followers get it: made into text once, however many follow. */
export class FeedEvent {
  readonly position: number;
  readonly type: string;
  readonly sku: string;
  /** The CloudEvent. */
  readonly json: string;

  constructor(event: LoggedEvent) {
    this.position = event.position;
    this.type = event.type;
    this.sku = event.sku;
    this.json = JSON.stringify(cloudEventOf(event));
  }

  /** The event in a stream of Server-Sent Events. JSON has no line breaks, so the data is one line. */
  frame(epochs: readonly Epoch[]): string {
    return `event: ${this.type}\nid: ${cursorOf(this.position, epochs)}\ndata: ${this.json}\n\n`;
  }
}

/** Some events for a follower, and how far the log was read to find them. Those at the same place share it. */
export class FeedPage {
  private text?: Buffer;

  /**
   * @param position all that the filter lets through up to here is in `events`; go on after it
   * @param epochs of the log that they come from
   */
  constructor(
    readonly events: readonly FeedEvent[],
    readonly position: number,
    private readonly epochs: readonly Epoch[],
  ) {}

  /** The newest epoch of that log. */
  get epoch(): string {
    return this.epochs[0].id;
  }

  /** The place to go on from, as clients keep it. */
  get next(): string {
    return cursorOf(this.position, this.epochs);
  }

  /** The events as Server-Sent Events. */
  get frames(): Buffer {
    return (this.text ??= Buffer.from(this.events.map((event) => event.frame(this.epochs)).join('')));
  }
}
