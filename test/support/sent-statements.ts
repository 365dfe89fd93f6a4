import { Client } from 'pg';

/** A statement with parameters, as it was sent to PostgreSQL. */
export interface SentStatement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Whether it was prepared, and so may be planned without regard to its values. */
  readonly prepared: boolean;
}

type Asked = string | { readonly name?: string; readonly text: string; readonly values?: readonly unknown[] };

/** Notes all statements that this process sends, whatever library it does so with, until it is told to stop. */
export class SentStatements {
  readonly all: SentStatement[] = [];
  private readonly query = Client.prototype.query as (...args: unknown[]) => unknown;

  constructor() {
    const { all, query } = this;
    Client.prototype.query = function (this: Client, ...args: unknown[]) {
      const [asked, parameters] = args as [Asked, (readonly unknown[])?];
      const {
        name,
        text,
        values = [],
      } = typeof asked === 'string' ? { name: undefined, text: asked, values: parameters } : asked;
      all.push({ text, values, prepared: name !== undefined });
      return query.apply(this, args);
    } as typeof Client.prototype.query;
  }

  stop(): void {
    Client.prototype.query = this.query as typeof Client.prototype.query;
  }
}
