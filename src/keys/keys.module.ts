import { Global, Module } from '@nestjs/common';
import type { Migration } from '../database/data-source';
import { ApiKeys } from '../http/access/api-keys';
import type { ModuleApi } from '../http/module-api';
import { KeyLookup } from './adapters/key-lookup';
import { KeyTable } from './adapters/key-table';
import { KeysController } from './entrypoints/keys.controller';
import { keyProblems } from './entrypoints/problems';
import { KeyRing } from './key-ring';
import { Keys } from './keys';
import { ApiKeys1790000017000 } from './migrations/1790000017000-api-keys';

/** Keys by which clients are let in. */
@Global()
@Module({
  controllers: [KeysController],
  providers: [Keys, KeyTable, KeyLookup, KeyRing, { provide: ApiKeys, useExisting: KeyRing }],
  exports: [ApiKeys],
})
export class KeysModule {
  static readonly migrations: readonly Migration[] = [ApiKeys1790000017000];
  static readonly api: ModuleApi = {
    problems: keyProblems,
    tags: [{ name: 'Keys', description: 'Who may do what.' }],
  };
}
