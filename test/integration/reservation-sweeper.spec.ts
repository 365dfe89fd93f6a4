import type { CommandBus } from '@nestjs/cqrs';
import type { DataSource } from 'typeorm';
import { ReservationSweeper } from '../../src/allocation/adapters/postgres/reservation-sweeper';
import type { ExpireReservations } from '../../src/allocation/contracts';
import { connect } from '../../src/database/data-source';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

let database: TestDatabase;
let dataSource: DataSource;

beforeEach(async () => {
  database = await createTestDatabase();
  dataSource = await connect(database.url);
});
afterEach(async () => {
  await dataSource.destroy();
  await database.drop();
});

/** Reservations of a SKU that ran out so many seconds ago. */
async function ranOut(sku: string, count: number, secondsAgo: number): Promise<void> {
  await dataSource.query(`INSERT INTO products (sku, version_number) VALUES ($1, $2)`, [sku, count + 1]);
  await dataSource.query(
    `INSERT INTO batches (reference, sku, purchased_quantity, allocated_quantity, position, sequence)
     VALUES ('of ' || $1::text, $1, $2::int, $2, 1, 1)`,
    [sku, count],
  );
  await dataSource.query(
    `INSERT INTO allocations (sku, order_id, batch_reference, qty, position, state, expires_at)
     SELECT $1, 'cart-' || n, 'of ' || $1::text, 1, n + 1, 'reserved', now() - $3 * interval '1 s'
     FROM generate_series(1, $2::int) n`,
    [sku, count, secondsAgo],
  );
}

test('a SKU with very many reservations that ran out, and one that is locked, keep none of the others waiting', async () => {
  await ranOut('MANY', 1_500, 60);
  await ranOut('LOCKED', 1, 30);
  await ranOut('OTHER', 1, 1);
  const swept: string[] = [];
  let unlock = () => {};
  const locked = new Promise<void>((resolve) => (unlock = resolve));
  const commands = {
    execute: async ({ sku }: ExpireReservations) => {
      swept.push(sku);
      if (sku === 'LOCKED') await locked;
      // A thousand at most are given back at once.
      const some = `SELECT order_id FROM allocations WHERE sku = $1 LIMIT 1000`;
      await dataSource.query(`DELETE FROM allocations WHERE sku = $1 AND order_id IN (${some})`, [sku]);
    },
  };
  const sweeper = new ReservationSweeper(dataSource, commands as unknown as CommandBus);
  sweeper.onApplicationBootstrap();
  try {
    await until(() => swept.includes('OTHER'));
    await until(() => swept.filter((sku) => sku === 'MANY').length === 2);
    await ranOut('LATER', 1, 0);
    await until(() => swept.includes('LATER'));
    expect(swept.filter((sku) => sku === 'LOCKED')).toHaveLength(1);
  } finally {
    unlock();
    await sweeper.beforeApplicationShutdown();
  }
});
