import { DatabaseError } from 'pg';
import { diagnostics } from '../diagnostics';
import { failed, SpanKind, spanUnderWay, startSpan } from '../tracing';

/** A statement that was answered, or failed. */
export interface AnsweredStatement {
  /** Its first word, such as `SELECT` or `WITH`. */
  readonly operation: string;
  /** Since it was sent, maybe behind others. */
  readonly seconds: number;
  /** The SQLSTATE when PostgreSQL refused it, `lost` when there was no answer. */
  readonly error?: string;
}

/** Tells of every statement of commands and questions. */
export const statements = diagnostics<AnsweredStatement>('database.statement');

/**
 * Notes when a statement is sent, and gives it a span when it is a part of one that is recorded.
 * @param text has no values in it
 * @returns what is to be called when it was answered; undefined when nobody wants to know
 */
export function observed(text: string): ((error?: unknown) => void) | undefined {
  const isRecorded = spanUnderWay()?.isRecording();
  if (!isRecorded && !statements.hasSubscribers) return undefined;
  const operation = /\w+/.exec(text)?.[0].toUpperCase() ?? '';
  const began = performance.now();
  const span = isRecorded
    ? startSpan(operation, {
        kind: SpanKind.CLIENT,
        attributes: {
          'db.system.name': 'postgresql',
          'db.operation.name': operation,
          'db.query.text': text,
        },
      })
    : undefined;
  return (error) => {
    const seconds = (performance.now() - began) / 1_000;
    if (statements.hasSubscribers)
      statements.publish({ operation, seconds, error: error ? errorType(error) : undefined });
    if (span && error) failed(span, error);
    span?.end();
  };
}

function errorType(error: unknown): string {
  return (error instanceof DatabaseError && error.code) || 'lost';
}
