import { PostgresProductTransaction } from '../../src/allocation/adapters/postgres/product-transaction';

/*
 * The service without its locks. It shows that the race test can fail.
 */
interface Guards {
  query<Row>(sql: string, parameters: unknown[]): Promise<Row[]>;
  lockProducts(skus: string[]): Promise<Map<string, number>>;
}

const guards = PostgresProductTransaction.prototype as unknown as Guards;

guards.lockProducts = async function (skus) {
  const rows = await this.query<{ sku: string; version_number: string }>(
    'SELECT sku, version_number FROM products WHERE sku = ANY($1::text[])',
    [skus],
  );
  const versions = new Map(skus.map((sku) => [sku, 0]));
  for (const row of rows) versions.set(row.sku, Number(row.version_number));
  return versions;
};

require('../../src/main');
