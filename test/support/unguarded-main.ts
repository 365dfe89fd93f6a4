import { PostgresProductTransaction } from '../../src/allocation/adapters/postgres/product-transaction';

/*
 * The service without its locks. It shows that the race test can fail.
 */
interface Head {
  readonly version: number;
  readonly available: number;
}

interface Guards {
  query<Row>(sql: string, parameters: unknown[]): Promise<Row[]>;
  lockProducts(skus: string[]): Promise<Map<string, Head>>;
}

const guards = PostgresProductTransaction.prototype as unknown as Guards;

guards.lockProducts = async function (skus) {
  const rows = await this.query<{ sku: string; version_number: string; available: string }>(
    'SELECT sku, version_number, available FROM products WHERE sku = ANY($1::text[])',
    [skus],
  );
  const heads = new Map<string, Head>(skus.map((sku) => [sku, { version: 0, available: 0 }]));
  for (const row of rows) {
    heads.set(row.sku, { version: Number(row.version_number), available: Number(row.available) });
  }
  return heads;
};

require('../../src/main');
