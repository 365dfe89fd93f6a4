import { readFile } from 'node:fs/promises';
import type { Client } from 'pg';

/** What happened on a day, or on several. */
export class Day {
  /** Order lines that customers asked for. */
  lines = 0;
  /** Lines that were told a day for the first time. */
  promised = 0;
  waited = 0;
  outOfStock = 0;
  cancelled = 0;
  /** Lines that left by the day that was told first. */
  kept = 0;
  late = 0;
  daysLate = 0;
  mostDaysLate = 0;
  /** Lines that were promised, and then taken off without waiting. */
  broken = 0;
  promisesChanged = 0;
  /** Of the log. */
  events = 0;
  /** Milliseconds in which lines were asked for; without those of a sale. */
  orderMs = 0;
  saleLines = 0;
  saleMs = 0;
  dispatchMs = 0;
  /** Milliseconds of the answers, each for one request. */
  orderAnswers: number[] = [];
  saleAnswers: number[] = [];
  /** Seconds that were computed while lines were asked for and left. */
  serviceSeconds = 0;
  postgresSeconds = 0;
  /** The most that the service had, in MB (RSS). */
  memory = 0;
  /** Lines on wait-lists when it ended. */
  waiting = 0;
  tables: readonly TableSize[] = [];

  /** Several days as one; what they were at their end is as at the end of the last. */
  static sum(days: readonly Day[]): Day {
    const sum = new Day();
    for (const day of days) {
      for (const name of ADDED) sum[name] += day[name];
      for (const name of ['orderAnswers', 'saleAnswers'] as const)
        for (const milliseconds of day[name]) sum[name].push(milliseconds);
      for (const name of ['mostDaysLate', 'memory'] as const) sum[name] = Math.max(sum[name], day[name]);
      sum.waiting = day.waiting;
      sum.tables = day.tables;
    }
    return sum;
  }
}

const ADDED = [
  'lines',
  'promised',
  'waited',
  'outOfStock',
  'cancelled',
  'kept',
  'late',
  'daysLate',
  'broken',
  'promisesChanged',
  'events',
  'orderMs',
  'saleLines',
  'saleMs',
  'dispatchMs',
  'serviceSeconds',
  'postgresSeconds',
] as const;

export interface TableSize {
  readonly name: string;
  readonly rows: number;
  /** With its indexes. */
  readonly bytes: number;
}

/** The tables of a database that have rows, the largest first. */
export async function tableSizes(client: Client): Promise<TableSize[]> {
  const { rows } = await client.query<{ name: string; bytes: string }>(
    `SELECT coalesce(parent.relname, own.relname) AS name, sum(pg_total_relation_size(own.oid)) AS bytes
     FROM pg_class own LEFT JOIN pg_inherits ON inhrelid = own.oid LEFT JOIN pg_class parent ON parent.oid = inhparent
     WHERE own.relkind = 'r' AND own.relnamespace = 'public'::regnamespace
     GROUP BY 1 ORDER BY 2 DESC`,
  );
  const sizes: TableSize[] = [];
  for (const { name, bytes } of rows) {
    const counted = await client.query<{ count: string }>(`SELECT count(*) FROM "${name}"`);
    const count = Number(counted.rows[0].count);
    if (count > 0) sizes.push({ name, rows: count, bytes: Number(bytes) });
  }
  return sizes;
}

/** The time that a PostgreSQL on this machine has computed so far, in seconds, where the system tells (Linux); else NaN. */
export class PostgresTime {
  private constructor(
    private readonly client: Client,
    private readonly postmaster: number,
  ) {}

  static async of(client: Client): Promise<PostgresTime> {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const fields = await statOf(rows[0].pid);
    return new PostgresTime(client, Number(fields?.[PARENT]));
  }

  async seconds(): Promise<number> {
    for (;;) {
      const ended = await this.ended();
      const { rows } = await this.client.query<{ pid: number }>('SELECT pid FROM pg_stat_activity');
      const own = await Promise.all(rows.map(async ({ pid }) => secondsIn(await statOf(pid), OWN)));
      // A process that has ended just now may be in both or in none.
      if (Object.is(ended, await this.ended())) return own.reduce((sum, seconds) => sum + seconds, ended);
    }
  }

  /** Those of the processes that have ended, of which the postmaster knows. */
  private async ended(): Promise<number> {
    const stat = await statOf(this.postmaster);
    return stat ? secondsIn(stat, CHILDREN) : NaN;
  }
}

/** Where /proc/<pid>/stat has the parent, and two times in ticks of a hundredth of a second, after the name. */
const [PARENT, OWN, CHILDREN] = [1, 11, 13];

function secondsIn(fields: readonly string[] | undefined, first: number): number {
  return fields ? (Number(fields[first]) + Number(fields[first + 1])) / 100 : 0;
}

/** The fields of /proc/<pid>/stat that come after the name. */
async function statOf(pid: number): Promise<string[] | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}
