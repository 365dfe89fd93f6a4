import { Module } from '@nestjs/common';
import { BusChecks } from './delivery/bus-checks';
import { NoDelivery } from './delivery/no-delivery';

/** For a process that sends commands and has no handlers, such as the command line. */
@Module({ providers: [BusChecks, NoDelivery] })
export class NoDeliveryModule {}
