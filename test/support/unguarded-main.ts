import { PostgresProductTransaction } from '../../src/allocation/adapters/postgres/product-transaction';
import type { ProductChange } from '../../src/allocation/application/product-repository';

/*
 * The service with both guards against other writers taken out: no locks, and any version may be
 * overwritten. It shows that the race test can fail.
 */
interface Guards {
  query<Row>(sql: string, parameters: unknown[]): Promise<Row[]>;
  lockProducts(skus: string[]): Promise<Map<string, number>>;
  saveVersions(changes: readonly ProductChange[]): Promise<Set<string>>;
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

guards.saveVersions = async function (changes) {
  await this.query(
    `INSERT INTO products (sku, version_number) SELECT * FROM unnest($1::text[], $2::bigint[])
     ON CONFLICT (sku) DO UPDATE SET version_number = excluded.version_number`,
    [
      changes.map(({ sku }) => sku),
      changes.map(({ loadedVersion, events }) => loadedVersion + events.length),
    ],
  );
  return new Set(changes.map(({ sku }) => sku));
};

require('../../src/main');
