import type { MigrationInterface, QueryRunner } from 'typeorm';

export class DailyShipments1790100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE daily_shipments (day date PRIMARY KEY, pieces bigint NOT NULL)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE daily_shipments');
  }
}
