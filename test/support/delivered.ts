import { query } from './sql';

/** Whether every event of a database has reached every reader that an instance has, and none is to be delivered again. */
export async function isDelivered(databaseUrl: string): Promise<boolean> {
  const left = await query(
    databaseUrl,
    `SELECT 'is to be numbered' FROM outbox
     UNION ALL SELECT 'is to be delivered again' FROM redeliveries
     UNION ALL SELECT 'is to be read' FROM readers r JOIN log_head h ON r.position < h.position WHERE holder IS NOT NULL
     LIMIT 1`,
  );
  return left.length === 0;
}
