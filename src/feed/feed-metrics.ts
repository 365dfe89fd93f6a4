import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Metrics } from '../metrics/contracts';
import { LogTail } from './log-tail';

/** Who follows the log over HTTP. */
@Injectable()
export class FeedMetrics {
  constructor({ registry }: Metrics, tail: LogTail) {
    new Gauge({
      name: 'stock_allocation_feed_followers',
      help: 'Clients that follow the events of this instance, by streams or by answers that they wait for. Above 1,000 more are refused.',
      registers: [registry],
      collect() {
        this.set(tail.followerCount);
      },
    });
  }
}
