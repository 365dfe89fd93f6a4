import { Global, Module } from '@nestjs/common';
import { StoredAnswers } from '../http/requests/idempotency';
import { AnswerRetention } from './adapters/answer-retention';
import { AnswerTable } from './adapters/answer-table';
import { IdempotencySettings } from './idempotency-settings';

/** Requests that their clients name by an Idempotency-Key, which are carried out once. */
@Global()
@Module({
  providers: [AnswerTable, AnswerRetention, { provide: StoredAnswers, useExisting: AnswerTable }],
  exports: [StoredAnswers],
})
export class IdempotencyModule {
  static readonly settings = IdempotencySettings;
}
