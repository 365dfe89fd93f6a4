import { Module } from '@nestjs/common';
import { AuditTable } from './adapters/audit-table';
import { Audit } from './audit';
import { AuditController } from './entrypoints/audit.controller';

/** Who changed what, by which key. */
@Module({ controllers: [AuditController], providers: [{ provide: Audit, useClass: AuditTable }] })
export class AuditModule {}
