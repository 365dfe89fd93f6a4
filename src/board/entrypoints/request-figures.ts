import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Allocated, type Recorded, Reserved } from '../../allocation/contracts';
import type { HttpAdapter, Reply, Request } from '../../http/contracts';
import { committedEvents } from '../../messaging/contracts';
import { Figures } from '../figures';

/** Answers that are held on purpose, and those to the board itself, say nothing of how quick the service is. */
const NOT_COUNTED = /^\/(v1\/(events|overview|session)|board|health|docs)\b|^\/$/;

/** Counts requests and allocations for the figures of the board. */
@Injectable()
export class RequestFigures implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly count = (events: readonly Recorded[]) =>
    this.figures.allocated(linesThatGotABatch(events));

  constructor(
    private readonly figures: Figures,
    { httpAdapter }: HttpAdapterHost<HttpAdapter>,
  ) {
    httpAdapter.getInstance().addHook('onResponse', (request: Request, reply: Reply, done: () => void) => {
      if (!NOT_COUNTED.test(request.routeOptions.url ?? '/'))
        figures.answered(reply.statusCode, reply.elapsedTime);
      done();
    });
  }

  onApplicationBootstrap(): void {
    committedEvents.subscribe(this.count);
  }

  onApplicationShutdown(): void {
    committedEvents.unsubscribe(this.count);
  }
}

/** Those that only moved had one before. */
function linesThatGotABatch(events: readonly Recorded[]): number {
  let lines = 0;
  for (const { event } of events)
    if (event instanceof Allocated || event instanceof Reserved)
      if (event.cause !== 'moved' && event.cause !== 'displaced') lines += 1;
  return lines;
}
