const MAX_LENGTH = 2_000;

/**
 * What an error says: its message. A host with several addresses, or a database with several hosts, fails with an error for
 * each, of which each is said once; an error without a message says its code.
 */
export function messageOf(error: unknown): string {
  const { message, errors, code } = (error ?? {}) as { message?: string; errors?: unknown; code?: string };
  if (Array.isArray(errors)) return [...new Set(errors.map(messageOf))].join(', ');
  return message || code || String(error);
}

/**
 * The same as far as it fits into a row of the database or a line of the log.
 * @param maxLength in UTF-16 code units
 */
export function textOf(error: unknown, maxLength = MAX_LENGTH): string {
  // PostgreSQL takes any text but NUL, and in JSON no half of a character.
  return messageOf(error)
    .slice(0, maxLength)
    .replace(/\0|\p{Surrogate}/gu, '');
}
