import { Injectable, Optional } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Gauge, Histogram } from 'prom-client';
import { Readiness } from '../../http/health.controller';
import type { HttpAdapter } from '../../http/http-adapter';
import { requests } from '../../http/requests/request-tracking';
import { Metrics } from '../metrics';

/** Requests, by the names of OpenTelemetry, and whether the instance can do its work. */
@Injectable()
export class HttpMetrics {
  constructor(metrics: Metrics, http: HttpAdapterHost<HttpAdapter>, @Optional() readiness?: Readiness) {
    const registers = [metrics.registry];
    const durations = new Histogram({
      name: 'http_server_request_duration_seconds',
      help: 'From the moment in which a request came to that in which its answer was sent. 499: the client had gone.',
      labelNames: ['http_request_method', 'http_route', 'http_response_status_code'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    metrics.listen(requests, ({ method, route, status, seconds }) =>
      durations.labels(method, route, String(status)).observe(seconds),
    );

    const ready = new Gauge({
      name: 'stock_allocation_ready',
      help: 'Whether GET /health/ready says that the instance can do its work: 1 or 0.',
      registers,
    });
    const connections = new Gauge({
      name: 'stock_allocation_http_connections',
      help: 'Connections of clients that are open. Above 5,000 new ones are refused.',
      registers,
    });
    metrics.whenRead('http', [ready, connections], async () => {
      const { connectionCount, stopping } = http.httpAdapter;
      connections.set(connectionCount);
      ready.set(0);
      if (stopping) return;
      await readiness?.check().then(
        () => ready.set(1),
        () => {},
      );
    });
  }
}
