import { Module } from '@nestjs/common';
import { AnswerRetention } from './adapters/answer-retention';
import { AnswerTable } from './adapters/answer-table';
import { IdempotencySettings } from './idempotency-settings';

/** Requests that their clients name by an Idempotency-Key, which are carried out once. */
@Module({ providers: [AnswerTable, AnswerRetention], exports: [AnswerTable] })
export class IdempotencyModule {
  static readonly settings = IdempotencySettings;
}
