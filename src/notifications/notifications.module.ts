import { Module } from '@nestjs/common';
import { LoggedNotifications, Notifications } from './notifications';
import { TellBuyersOutOfStock } from './out-of-stock.handler';

@Module({
  providers: [TellBuyersOutOfStock, { provide: Notifications, useClass: LoggedNotifications }],
})
export class NotificationsModule {}
