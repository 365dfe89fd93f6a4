import { Global, Module } from '@nestjs/common';
import type { ModuleApi } from '../http/module-api';
import { DatabaseMetrics } from './adapters/database-metrics';
import { HttpMetrics } from './entrypoints/http-metrics';
import { MetricsController } from './entrypoints/metrics.controller';
import { Metrics } from './metrics';
import { ProcessMetrics } from './process-metrics';

/** What whoever runs the service can measure. Global, so that any module can bring metrics of its own. */
@Global()
@Module({
  controllers: [MetricsController],
  providers: [Metrics, ProcessMetrics, HttpMetrics, DatabaseMetrics],
  exports: [Metrics],
})
export class MetricsModule {
  static readonly api: ModuleApi = {};
}
