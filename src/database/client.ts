import { Client, type ClientConfig } from 'pg';

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
 */
export class DatabaseClient extends Client {
  constructor(config: ClientConfig & { readonly observer?: ConnectionObserver } = {}) {
    super(config);
    this.on('error', () => undefined);
    // A login that fails on this side would leave the server waiting for a minute, and with it the process.
    this.connection.on('error', () => this.connection.stream.destroy());
    config.observer?.opened(this);
  }

  /** Ends the connection as soon as nothing is under way on it. Whoever has it from the pool gets another one the next time. */
  giveUp(): void {
    // Between two statements of a transaction nothing is under way either, but the transaction needs it.
    const isIdle = this.getTransactionStatus() === 'I' && (this as { readyForQuery?: boolean }).readyForQuery;
    // Both pg's pool and TypeORM throw away what has had an error.
    if (isIdle) this.emit('error', new Error('The connection is given up'));
    else this.once('drain', () => this.giveUp());
  }
}
