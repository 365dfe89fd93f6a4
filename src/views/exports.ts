import type { DataSource } from 'typeorm';

/** What can be exported: the columns, the rows, and the columns by which these are ordered. */
interface Export {
  readonly columns: readonly string[];
  readonly key: readonly string[];
  readonly rows: string;
}

/** Every statement answers rows in the order of `key`; all of it is text. */
const tables = {
  allocations: {
    columns: ['orderid', 'sku', 'qty', 'batchref'],
    key: ['orderid', 'sku'],
    rows: `SELECT order_id AS orderid, sku, qty, batch_ref AS batchref FROM view_lines WHERE state = 'allocated'`,
  },
  batches: {
    columns: ['ref', 'sku', 'qty', 'eta', 'available'],
    key: ['ref'],
    rows: `SELECT ref, sku, purchased AS qty, to_char(eta, 'YYYY-MM-DD') AS eta, available
           FROM view_batches WHERE position IS NOT NULL`,
  },
  availability: {
    columns: ['sku', 'eta', 'available'],
    key: ['sku', 'eta'],
    rows: `SELECT sku, coalesce(to_char(eta, 'YYYY-MM-DD'), '') COLLATE "C" AS eta, sum(available) AS available
           FROM view_batches WHERE is_open GROUP BY sku, view_batches.eta`,
  },
} satisfies Record<string, Export>;

export type ExportKind = keyof typeof tables;
export const exportKinds = Object.keys(tables) as ExportKind[];

const PAGE = 5_000;

/** The names of the columns of an export. */
export function exportColumns(kind: ExportKind): readonly string[] {
  return tables[kind].columns;
}

/** Reads all rows of an export, page by page: memory stays the same however many there are. */
export async function* exportRows(
  source: Pick<DataSource, 'query'>,
  kind: ExportKind,
): AsyncGenerator<Record<string, string | number | null>> {
  const { key, rows }: Export = tables[kind];
  let after = key.map(() => '');
  for (;;) {
    const page = await source.query<Record<string, string | number | null>[]>(
      `SELECT * FROM (${rows}) AS exported
       WHERE (${key.join(', ')}) > (${key.map((_, index) => `$${index + 1}`).join(', ')})
       ORDER BY ${key.join(', ')} LIMIT ${PAGE}`,
      after,
    );
    yield* page;
    if (page.length < PAGE) return;
    after = key.map((column) => String(page.at(-1)![column]));
  }
}
