/** What modules need of this room: statements, transactions, and one statement for what many ask or write at the same time. */
export { CoalescedCalls } from './coalesced-calls';
export { CoalescedWrites } from './coalesced-writes';
export { type Migration, READS } from './data-source';
export { Sql, type SqlOptions, Statements, type Transaction } from './sql';
export type { Query } from './transaction';
