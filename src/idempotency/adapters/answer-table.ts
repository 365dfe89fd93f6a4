import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { CoalescedCalls } from '../../database/coalesced-calls';
import { CoalescedWrites } from '../../database/coalesced-writes';
import { READS } from '../../database/data-source';
import { Sql } from '../../database/sql';
import { groupBy } from '../../group-by';
import type { IdempotentRequest, RequestPart } from '../../idempotent-request';

/** An answer as it goes over the wire. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** What is known of a key. */
interface Known {
  readonly fingerprint: Buffer;
  /** By parts. */
  readonly results: ReadonlyMap<number, unknown>;
  readonly answer?: Answer;
}

interface Asked {
  readonly caller: string;
  readonly key: string;
}

interface AnsweredPart extends RequestPart {
  readonly answer: Answer;
  /** Whether the request was carried out by whoever gives the answer. */
  readonly isOwn: boolean;
}

interface PartRow extends Asked {
  readonly part: number;
  readonly fingerprint: Buffer;
  /** Whether a unit of work wrote it. */
  readonly carried_out: boolean;
  readonly result: unknown;
  readonly answer: Answer | null;
}

/**
 * Requests with keys and their answers in PostgreSQL. What is asked and stored at the same time shares a statement. Every
 * call throws Unavailable.
 */
@Injectable()
export class AnswerTable {
  private readonly reads: Sql;
  private readonly writes: Sql;
  private readonly known = new CoalescedCalls((asked: readonly Asked[]) => this.select(asked));
  private readonly answers = new CoalescedWrites((added: readonly AnsweredPart[]) => this.insert(added));

  constructor(dataSource: DataSource, @InjectDataSource(READS) reads: DataSource) {
    this.writes = new Sql(dataSource, { isPrepared: true });
    this.reads = new Sql(reads, { isPrepared: true });
  }

  /** @returns undefined for a key that is new */
  find(caller: string, key: string): Promise<Known | undefined> {
    return this.known.get({ caller, key });
  }

  /**
   * Keeps the answer, the first one that there is. Of a request that is being carried out elsewhere, what was told here at
   * the same moment is not kept.
   */
  store({ caller, key, part, fingerprint, isOwn }: IdempotentRequest, answer: Answer): Promise<void> {
    return this.answers.add([{ caller, key, part, fingerprint, answer, isOwn }]);
  }

  private async select(asked: readonly Asked[]): Promise<(Known | undefined)[]> {
    const rows = await this.reads.rows<PartRow>(
      `SELECT asked.caller, asked.key, known.*
       FROM unnest($1::text[], $2::text[]) AS asked (caller, key)
       CROSS JOIN LATERAL (
         SELECT part, fingerprint, result IS NOT NULL AS carried_out, result, answer
         FROM idempotency_keys k WHERE k.caller = asked.caller AND k.key = asked.key
         OFFSET 0 -- so that it is looked up by the index, whatever PostgreSQL believes of the size of the table
       ) AS known`,
      [asked.map(({ caller }) => caller), asked.map(({ key }) => key)],
    );
    const parts = groupBy(rows, nameOf);
    return asked.map((one) => knownOf(parts.get(nameOf(one))));
  }

  private async insert(added: readonly AnsweredPart[]): Promise<void> {
    await this.writes.count(
      `INSERT INTO idempotency_keys AS k (caller, key, part, fingerprint, answer, result)
       SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::bytea[], $5::json[], $6::json[])
       ON CONFLICT (caller, key, part) DO UPDATE SET answer = excluded.answer
       WHERE k.answer IS NULL AND k.fingerprint = excluded.fingerprint AND excluded.result IS NOT NULL`,
      [
        added.map(({ caller }) => caller),
        added.map(({ key }) => key),
        added.map(({ part }) => part),
        added.map(({ fingerprint }) => `\\x${fingerprint.toString('hex')}`),
        added.map(({ answer }) => JSON.stringify(answer)),
        added.map(({ isOwn }) => (isOwn ? 'null' : null)),
      ],
    );
  }
}

function nameOf({ caller, key }: Asked): string {
  return `${caller} ${key}`;
}

function knownOf(parts: readonly PartRow[] | undefined): Known | undefined {
  if (!parts) return undefined;
  const [{ fingerprint }] = parts;
  const carriedOut = parts.filter((part) => part.carried_out);
  const results = new Map(carriedOut.map(({ part, result }) => [part, result]));
  const answer = parts.find(({ part }) => part === 0)?.answer ?? undefined;
  return { fingerprint, results, answer };
}
