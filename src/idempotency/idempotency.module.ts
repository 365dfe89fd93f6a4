import { Module } from '@nestjs/common';
import type { Migration } from '../database/data-source';
import { AnswerRetention } from './adapters/answer-retention';
import { AnswerTable } from './adapters/answer-table';
import { IdempotencySettings } from './idempotency-settings';
import { IdempotencyKeys1790000018000 } from './migrations/1790000018000-idempotency-keys';

/** Requests that their clients name by an Idempotency-Key, which are carried out once. */
@Module({ providers: [AnswerTable, AnswerRetention], exports: [AnswerTable] })
export class IdempotencyModule {
  static readonly settings = IdempotencySettings;
  static readonly migrations: readonly Migration[] = [IdempotencyKeys1790000018000];
}
