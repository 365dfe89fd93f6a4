import { Agent, get, type IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';

/** As the page has it: see src/board/page/overview.js and feed.js. */
const OVERVIEW_MS = 2_000;
const DELAYS_MS = [120, 500, 1_000, 2_000, 5_000];
const QUIET_MS = 5_000;

/** What a browser does that has the board open, without the work of showing it: others have to be measured. */
export class Board {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 6 });
  private timer?: NodeJS.Timeout;
  private isClosed = false;
  /** Answers that it has had. */
  answers = 0;
  readonly failures: string[] = [];

  private constructor(private readonly url: string) {}

  /** One that shows the overview. */
  static overview(url: string): Board {
    const board = new Board(url);
    let etag = '';
    const look = async () => {
      const { headers } = await board.ask('/v1/overview', etag);
      etag = headers.etag ?? etag;
      if (!board.isClosed) board.timer = setTimeout(() => void look(), OVERVIEW_MS);
    };
    // Browsers do not all begin at the same moment.
    board.timer = setTimeout(() => void look(), Math.random() * OVERVIEW_MS);
    return board;
  }

  /** One that shows a SKU, and looks anew when something happens to it. */
  static sku(url: string, sku: string): Board {
    const board = new Board(url);
    let [lookedAt, times] = [-Infinity, 0];
    const look = () => {
      [board.timer, lookedAt] = [undefined, performance.now()];
      for (const path of [
        `/v1/availability/${sku}`,
        `/v1/batches?sku=${sku}&limit=1000`,
        `/v1/skus/${sku}/promises?limit=500`,
      ])
        void board.ask(path);
    };
    const notify = () => {
      if (board.timer || board.isClosed) return;
      times = performance.now() - lookedAt > QUIET_MS ? 0 : Math.min(times + 1, DELAYS_MS.length - 1);
      board.timer = setTimeout(look, DELAYS_MS[times]);
    };
    get(`${url}/v1/events/stream?after=now&sku=${sku}`, { agent: board.agent }, (response) => {
      notify();
      response.on('data', (piece: Buffer) => {
        if (piece.includes('event: ')) notify();
      });
      response.on('error', () => {});
    }).on('error', () => {});
    return board;
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.agent.destroy();
  }

  private ask(path: string, etag = ''): Promise<IncomingMessage> {
    const headers = etag ? { 'if-none-match': etag } : {};
    return new Promise((resolve) => {
      get(`${this.url}${path}`, { agent: this.agent, headers }, (response) => {
        const { statusCode } = response;
        if (statusCode !== 200 && statusCode !== 304)
          this.failures.push(`${path} was answered ${statusCode}`);
        this.answers += 1;
        response.resume().on('end', () => resolve(response));
      }).on('error', (error) => {
        if (!this.isClosed) this.failures.push(`${path}: ${error.message}`);
      });
    });
  }
}
