import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Allocated, committedEvents, type Recorded, Reserved } from '../../allocation/contracts';
import { CLIENT_GONE, requests, type TrackedRequest } from '../../http/requests/request-tracking';
import { Figures } from '../figures';

/** Answers that are held on purpose, and those to the board itself, say nothing of how quick the service is. */
const NOT_COUNTED = /^\/(v1\/(events|overview|session)|board|health|docs)\b|^\/$|^none$/;

/** Counts requests and allocations for the figures of the board. */
@Injectable()
export class RequestFigures implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly countEvents = (events: readonly Recorded[]) =>
    this.figures.allocated(linesThatGotABatch(events));
  private readonly countRequest = ({ route, status, seconds }: TrackedRequest) => {
    if (status !== CLIENT_GONE && !NOT_COUNTED.test(route)) this.figures.answered(status, seconds * 1_000);
  };

  constructor(private readonly figures: Figures) {}

  onApplicationBootstrap(): void {
    committedEvents.subscribe(this.countEvents);
    requests.subscribe(this.countRequest);
  }

  onApplicationShutdown(): void {
    committedEvents.unsubscribe(this.countEvents);
    requests.unsubscribe(this.countRequest);
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
