import type { EntityManager } from 'typeorm';

/** Runs a statement with its parameters and answers its rows. */
export type Query = <Row>(sql: string, parameters: unknown[]) => Promise<Row[]>;

/** Queries inside the transaction of `manager`. */
export function queryOf(manager: EntityManager): Query {
  return async <Row>(sql: string, parameters: unknown[]) => {
    // TypeORM answers rows to SELECT and INSERT, but rows with their count to UPDATE and DELETE.
    const answer = await manager.query<Row[] | [Row[], number]>(sql, parameters);
    return (Array.isArray(answer[0]) ? answer[0] : answer) as Row[];
  };
}
