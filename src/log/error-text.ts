const MAX_LENGTH = 2_000;

/** What is kept of an error: its message, as it fits into a row of the database and a line of the log. */
export function textOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // PostgreSQL takes any text but NUL, and in JSON no half of a character.
  return message.slice(0, MAX_LENGTH).replace(/\0|\p{Surrogate}/gu, '');
}
