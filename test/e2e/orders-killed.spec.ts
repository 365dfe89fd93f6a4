import { auditViews, auditWriteModel } from '../support/audit';
import { randomRef, randomSku } from '../support/random-refs';
import { RunningService } from '../support/running-service';
import { query } from '../support/sql';
import { createTestDatabase } from '../support/test-database';
import { until } from '../support/until';
import { auditOrders } from '../support/whole-orders';

/** How often an instance is killed. */
const CRASHES = Number(process.env.ORDER_CRASHES ?? 3);
const CLIENTS = 16;
const MAIN = 'test/support/hasty-orders-main.ts';

test(`rule 20: instances that are killed ${CRASHES} times leave no order half placed, and no customer counted twice`, async () => {
  const database = await createTestDatabase();
  const settings = { DATABASE_URL: database.url, LOG_LEVEL: 'info' };
  const start = () => RunningService.start(settings, MAIN);
  const services = [await start(), await start()];
  const acknowledged = new Set<string>();
  let next = 0;
  let isOver = false;
  try {
    const skus = Array.from({ length: 5 }, () => randomSku('SOFA'));
    for (const sku of skus) await services[0].post('/v1/batches', { ref: randomRef(), sku, qty: 10_000 });
    for (const sku of skus.slice(1)) await services[0].post('/v1/batches', { ref: randomRef(), sku, qty: 3 });
    const client = async (number: number) => {
      while (!isOver) {
        const orderId = `order-${next++}`;
        // Some want more of one SKU than there ever was.
        const lines = skus.map((sku, index) => ({ sku, qty: index === 2 && next % 5 === 0 ? 20_000 : 1 }));
        const id = `customer-${number}`;
        const order = { orderId, customer: { id, email: `${id}@example.com` }, lines };
        const status = await services[number % 2].post('/v1/orders', order).catch(() => 0);
        if (status === 201) acknowledged.add(orderId);
      }
    };
    const clients = Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
    for (let crash = 0; crash < CRASHES; crash += 1) {
      const enough = acknowledged.size + 20 + Math.random() * 100;
      await until(() => acknowledged.size > enough, 120);
      await services[crash % 2].stop('SIGKILL');
      services[crash % 2] = await start();
    }
    isOver = true;
    await clients;

    const unfinished = () => query(database.url, 'SELECT FROM orders WHERE due_at IS NOT NULL');
    await until(async () => (await unfinished()).length === 0, 60);
    // What was reserved for an order that was not stored any more runs out.
    const reserved = () => query(database.url, `SELECT FROM allocations WHERE state = 'reserved'`);
    await until(async () => (await reserved()).length === 0, 30);

    expect(await auditOrders(database.url)).toEqual([]);
    const confirmed = await query(database.url, `SELECT order_id FROM orders WHERE step = 'confirmed'`);
    const placed = new Set(confirmed.map(({ order_id }) => order_id));
    expect([...acknowledged].filter((orderId) => !placed.has(orderId))).toEqual([]);
    const counts = await query(
      database.url,
      `SELECT c.id, c.email, c.orders::int, (c.vip_since IS NOT NULL) AS vip, count(o.*)::int AS placed FROM customers c
       LEFT JOIN orders o ON o.customer_id = c.id AND o.step = 'confirmed' GROUP BY c.id`,
    );
    const wrong = counts.filter(({ orders, placed: of, vip }) => orders !== of || vip !== Number(of) >= 3);
    expect(wrong).toEqual([]);
    expect(counts).not.toEqual([]);
    // Whoever goes on with an order does so for the request that it came with; what runs out does so by itself.
    const strange = await query(
      database.url,
      `SELECT data->>'orderId' AS id FROM log JOIN orders ON order_id = data->>'orderId' AND step = 'confirmed'
       WHERE type <> 'ReservationExpired' GROUP BY 1 HAVING count(DISTINCT correlation_id) > 1`,
    );
    expect(strange).toEqual([]);
    expect(await auditWriteModel(database.url)).toEqual([]);
    expect(await auditViews(database.url)).toEqual([]);
  } finally {
    isOver = true;
    await Promise.all(services.map((service) => service.stop('SIGKILL')));
    await database.drop();
  }
}, 600_000);
