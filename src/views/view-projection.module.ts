import { Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AvailabilityView } from './availability/availability';
import { PostgresAvailability } from './availability/postgres-availability';
import { ViewProjection } from './projections/view-projection';

/** Keeps the views in the database and answers nobody, for a process that only sends commands. */
@Module({
  providers: [
    ViewProjection,
    {
      provide: AvailabilityView,
      inject: [DataSource],
      useFactory: (dataSource: DataSource) => new PostgresAvailability(dataSource),
    },
  ],
})
export class ViewProjectionModule {}
