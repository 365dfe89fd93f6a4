import type { Statements } from '../../database/sql';
import { movementColumns, movementLines } from './movements-export';

type Value = string | number | null;
type ExportRow = Record<string, Value>;

/** What can be exported, from a table that is read page by page along an index. */
interface Export {
  readonly columns: readonly string[];
  readonly table: string;
  /** Columns of the index, their types, and values before all others. */
  readonly key: Readonly<Record<string, readonly [type: string, first: string]>>;
  /** Which part of the table the index has. */
  readonly where?: string;
  /** Which rows are exported; others are read past, so that each page takes the same time. */
  readonly shown?: string;
  readonly select: string;
  /** Adds the second row to the first where both are one in the export. */
  readonly merge?: (first: ExportRow, second: ExportRow) => ExportRow | undefined;
}

const tables = {
  allocations: {
    columns: ['orderid', 'sku', 'qty', 'batchref'],
    table: 'view_lines',
    key: { order_id: ['text', ''], sku: ['text', ''] },
    shown: `state IN ('allocated', 'dispatched')`,
    select: 'order_id AS orderid, sku, qty, batch_ref AS batchref',
  },
  batches: {
    columns: ['ref', 'sku', 'qty', 'eta', 'available'],
    table: 'view_batches',
    key: { ref: ['text', ''] },
    shown: 'position IS NOT NULL',
    select: `ref, sku, purchased AS qty, to_char(eta, 'YYYY-MM-DD') AS eta, available`,
  },
  availability: {
    columns: ['sku', 'eta', 'available'],
    table: 'view_batches',
    key: { sku: ['text', ''], arrives: ['date', '-infinity'], position: ['bigint', '-1'] },
    where: 'is_open',
    select: `sku, to_char(eta, 'YYYY-MM-DD') AS eta, available`,
    merge: (first, second) =>
      first.sku === second.sku && first.eta === second.eta
        ? { ...first, available: Number(first.available) + Number(second.available) }
        : undefined,
  },
} satisfies Record<string, Export>;

export type ExportKind = keyof typeof tables | 'movements';
export const exportKinds = [...(Object.keys(tables) as (keyof typeof tables)[]), 'movements' as const];

const PAGE = 5_000;

/** The names of the columns of an export. */
export function exportColumns(kind: ExportKind): readonly string[] {
  return kind === 'movements' ? movementColumns : tables[kind].columns;
}

/**
 * Reads all rows of an export, page by page, each a short statement of its own: memory stays the same however many there
 * are. What changes meanwhile may be in it or not.
 */
export async function* exportRows(sql: Statements, kind: ExportKind): AsyncGenerator<ExportRow> {
  if (kind === 'movements') {
    for await (const line of movementLines(sql)) yield { ...line };
    return;
  }
  const { merge = () => undefined }: Export = tables[kind];
  let row: ExportRow | undefined;
  for await (const next of rowsOf(sql, tables[kind])) {
    const merged = row && merge(row, next);
    if (row && !merged) yield row;
    row = merged ?? next;
  }
  if (row) yield row;
}

async function* rowsOf(
  sql: Statements,
  { table, key, where = 'true', shown = 'true', select }: Export,
): AsyncGenerator<ExportRow> {
  const names = Object.keys(key).join();
  const texts = Object.keys(key).map((name) => `${name}::text`);
  const parameters = Object.values(key).map(([type], index) => `$${index + 1}::${type}`);
  let after: readonly string[] = Object.values(key).map(([, first]) => first);
  for (;;) {
    const page = await sql.rows<ExportRow & { is_shown: boolean; key: string[] }>(
      `SELECT ${select}, (${shown}) AS is_shown, ARRAY[${texts.join()}] AS key
       FROM ${table} WHERE ${where} AND (${names}) > (${parameters.join()}) ORDER BY ${names} LIMIT ${PAGE}`,
      [...after],
    );
    for (const { is_shown, key: _, ...row } of page) if (is_shown) yield row;
    if (page.length < PAGE) return;
    after = page.at(-1)!.key;
  }
}
