/*
 * Expressions of what the views store of the SKU `asked.sku`, as JSON: the parts of the texts that AvailabilityTexts reads.
 * Each reads along an index that has nothing but what is asked for, however many batches and lines there are.
 */

/** The batches that have something left; null for a SKU that nobody knows. */
export const OPEN = `coalesce(
  (SELECT json_agg(json_build_array(ref, eta, available, sequence) ORDER BY arrives, position)::text
   FROM view_batches WHERE sku = asked.sku AND is_open),
  (SELECT '[]' FROM view_batches WHERE sku = asked.sku AND position IS NOT NULL LIMIT 1))`;

/** What has not left the batches, by day. */
export const STOCK = `coalesce(
  (SELECT json_agg(json_build_array(eta, pieces))::text FROM (
     SELECT eta, sum(purchased - dispatched) AS pieces FROM view_batches
     WHERE sku = asked.sku AND has_stock GROUP BY eta) day), '[]')`;

/** The lines that are reserved, by day, and those that wait. */
export const LINES = `coalesce(
  (SELECT json_agg(json_build_array(state, nullif(arrives, '-infinity'), lines, pieces))::text
   FROM view_line_sums WHERE sku = asked.sku AND has_lines), '[]')`;

/** To be joined laterally: when the first reservation of the SKU runs out. */
export const FIRST_EXPIRY = `(
  SELECT expires_at FROM view_lines WHERE sku = asked.sku AND state = 'reserved' ORDER BY expires_at LIMIT 1)`;

/** An instant as milliseconds, or null. */
export const MS = (instant: string) => `coalesce(floor(extract(epoch FROM ${instant}) * 1000)::text, 'null')`;
