import { Module } from '@nestjs/common';
import type { Migration } from 'stock-allocation/database';
import type { ModuleApi } from 'stock-allocation/http';
import { DailyShipments } from './daily-shipments';
import { DailyShipments1790100000000 } from './migrations/1790100000000-daily-shipments';
import { ShipmentsController } from './shipments.controller';
import { ShipmentsHandler } from './shipments.handler';
import { ShipmentsSettings } from './shipments-settings';

/** What left the warehouse on each day. */
@Module({ controllers: [ShipmentsController], providers: [ShipmentsHandler, DailyShipments] })
export class ShipmentsModule {
  static readonly settings = ShipmentsSettings;
  static readonly migrations: readonly Migration[] = [DailyShipments1790100000000];
  static readonly api: ModuleApi = {
    tags: [{ name: 'Shipments', description: 'What left the warehouse.' }],
  };
}
