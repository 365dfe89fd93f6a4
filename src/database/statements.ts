import { DatabaseError } from 'pg';
import { diagnostics } from '../diagnostics';

/** A statement that was answered, or failed. */
export interface AnsweredStatement {
  /** Its first word, such as `SELECT`, or `WITH`. */
  readonly operation: string;
  /** Since it was sent, maybe behind others. */
  readonly seconds: number;
  /** The SQLSTATE when PostgreSQL refused it, `lost` when there was no answer. */
  readonly error?: string;
}

/** Tells of every statement of commands and questions. */
export const statements = diagnostics<AnsweredStatement>('database.statement');

/**
 * Notes when a statement is sent.
 * @returns what is to be called when it was answered; undefined when nobody wants to know
 */
export function timed(text: string): ((error?: unknown) => void) | undefined {
  if (!statements.hasSubscribers) return undefined;
  const began = performance.now();
  return (error) => {
    statements.publish({
      operation: operationOf(text),
      seconds: (performance.now() - began) / 1_000,
      error: error ? errorType(error) : undefined,
    });
  };
}

/** What a statement does. */
export function operationOf(text: string): string {
  return /\w+/.exec(text)?.[0].toUpperCase() ?? '';
}

function errorType(error: unknown): string {
  return (error instanceof DatabaseError && error.code) || 'lost';
}
