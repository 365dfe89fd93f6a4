import { Client, type ClientConfig } from 'pg';
import { Primary } from './primary';

/** Whoever wants to know of every connection of a pool. */
export interface ConnectionObserver {
  /** A connection is about to be made. */
  opened(client: DatabaseClient): void;
}

/**
 * A connection that bears to lose its server at any moment. PostgreSQL may say FATAL in the same packet in which it
 * says that a new connection is ready, before whoever asked for the connection can listen to its errors, and an
 * error that nobody listens to ends the process. Listening from the beginning loses nothing: the connection is marked
 * as broken all the same, so that the next statement fails and the pool throws it away.
 *
 * When its URL names several hosts it leads to the one that is the primary: see `Primary`.
 */
export class DatabaseClient extends Client {
  private readonly primary?: Primary;

  constructor(config: ClientConfig & { readonly observer?: ConnectionObserver } = {}) {
    const primary = Primary.of(config.connectionString);
    super(primary ? { ...config, connectionString: primary.anyUrl } : config);
    this.primary = primary;
    this.on('error', () => undefined);
    // A login that fails on this side would leave the server waiting for a minute, and with it the process.
    this.connection.on('error', () => this.connection.stream.destroy());
    config.observer?.opened(this);
  }

  override connect(): Promise<Client>;
  override connect(callback: (error: Error) => void): void;
  override connect(callback?: (error: Error) => void): Promise<Client> | void {
    if (!this.primary) return callback ? super.connect(callback) : super.connect();
    const led = this.leadTo(this.primary);
    if (!callback) return led.then(() => super.connect());
    led.then(() => super.connect(callback), callback);
  }

  /** Ends the connection as soon as nothing is under way on it. Whoever has it from the pool gets another one the next time. */
  giveUp(): void {
    // Between two statements of a transaction nothing is under way either, but the transaction needs it.
    const isIdle = this.getTransactionStatus() === 'I' && (this as { readyForQuery?: boolean }).readyForQuery;
    // Both pg's pool and TypeORM throw away what has had an error.
    if (isIdle) this.emit('error', new Error('The connection is given up'));
    else this.once('drain', () => this.giveUp());
  }

  private async leadTo(primary: Primary): Promise<void> {
    const { stream } = this.connection;
    // The pool destroys what takes it too long.
    const destroyed = new Promise<never>((_, reject) => {
      stream.once('close', () => reject(new Error('timeout expired')));
    });
    const { host, port } = await Promise.race([primary.find(), destroyed]);
    Object.assign(this, { host, port });
    this.once('end', primary.follow({ host, port, destroy: () => this.connection.stream.destroy() }));
  }
}
