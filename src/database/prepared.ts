import type { QueryConfig } from 'pg';

const names = new Map<string, string>();

/**
 * A statement that each connection parses and plans once, and then knows by a name. Only for statements whose
 * text is constant: every text is kept for good, here and in PostgreSQL. How they must be written: see
 * `KEYED_PLANS`.
 */
export function prepared(text: string, values: unknown[]): QueryConfig {
  let name = names.get(text);
  // PostgreSQL takes names of up to 63 characters.
  if (name === undefined) names.set(text, (name = `statement_${names.size + 1}`));
  return { name, text, values };
}
