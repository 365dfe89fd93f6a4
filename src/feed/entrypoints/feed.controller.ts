import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import {
  ApiHeader,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { IsUUID } from 'class-validator';
import { Readable } from 'node:stream';
import { rightEnded } from '../../http/access/api-keys';
import { ApiProblems } from '../../http/problems/api-problems';
import type { Reply, Request } from '../../http/fastify';
import type { HttpAdapter } from '../../http/http-adapter';
import { badField, httpProblems } from '../../http/problems/http-problems';
import { ProblemException } from '../../http/problems/problems';
import { RequireScope } from '../../http/access/required-scope';
import { type CloudEvent, logProblems, UnknownCursor } from '../../log/contracts';
import { Feed } from '../feed';
import { feedProblems } from './problems';
import { EventsQuery, FilterQuery, filterOf } from './feed-requests';
import { LogPages } from '../log-pages';
import { TooManyFollowers } from '../log-tail';

const CURSOR = 'AZkKXH4AcACAAAEjRWeJqwAAAAAAAAAH';

const allocated: CloudEvent = {
  specversion: '1.0',
  id: '01990a5c-7e00-7000-8000-0123456789ab',
  source: '/stock-allocation',
  type: 'allocation.Allocated.v3',
  subject: 'SMALL-TABLE',
  time: '2030-01-01T12:00:00.000Z',
  sequence: '0000000000000000042',
  correlationid: 'my-first-order',
  causationid: 'my-first-order',
  datacontenttype: 'application/json',
  data: {
    sku: 'SMALL-TABLE',
    orderId: 'order-001',
    qty: 10,
    batchRef: 'batch-001',
    eta: null,
    available: 90,
  },
};

/** An event as it is told. `cloudEventOf` makes it. */
class CloudEventView implements CloudEvent {
  @ApiProperty({ enum: ['1.0'], description: 'The version of CloudEvents.' })
  specversion!: '1.0';

  @ApiProperty({
    format: 'uuid',
    description: 'The same however often and by whichever way the event comes.',
  })
  id!: string;

  @ApiProperty({ enum: ['/stock-allocation'] })
  source!: '/stock-allocation';

  @ApiProperty({ description: 'The name of the event and the version of its data.' })
  type!: string;

  @ApiProperty({ description: 'The SKU.' })
  subject!: string;

  @ApiProperty({ format: 'date-time' })
  time!: string;

  @ApiProperty({ description: 'Counts the events of the SKU, from 1 and without gaps; padded with zeros.' })
  sequence!: string;

  @ApiProperty({ description: 'The request or message that all of this began with.' })
  correlationid!: string;

  @ApiProperty({ description: 'The request or message that caused this event.' })
  causationid!: string;

  @ApiPropertyOptional({
    description: 'The trace that it belongs to (W3C Trace Context), if the request that caused it had one.',
    example: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  })
  traceparent?: string;

  @ApiProperty({ enum: ['application/json'] })
  datacontenttype!: 'application/json';

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What asyncapi.json says of the type.',
  })
  data!: Record<string, unknown>;
}

/** Some events of the log. */
class EventsPage {
  @ApiProperty({ type: [CloudEventView], example: [allocated] })
  events!: readonly CloudEventView[];

  @ApiProperty({ example: CURSOR, description: 'Send it as `after` to go on. It is always there.' })
  next!: string;
}

class EventPath {
  @IsUUID(undefined, { message: 'must be the id of an event, a UUID' })
  @ApiProperty({ format: 'uuid', example: '01990a5c-7e00-7000-8000-0123456789ab', description: 'The event.' })
  id!: string;
}

/** The log for whoever follows it over HTTP. */
@ApiTags('Version 1')
@RequireScope('read')
@Controller('v1/events')
export class FeedController {
  constructor(
    private readonly feed: Feed,
    private readonly pages: LogPages,
    private readonly http: HttpAdapterHost<HttpAdapter>,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'List what happened, in the order of the log',
    description:
      'All events of all SKUs in one order that everyone sees alike, in which nothing ever appears behind a `next` ' +
      'that was answered. No events: there are none yet. Ask again with the new `next`; with `wait` the answer is held ' +
      'until one comes.',
  })
  @ApiResponse({ status: 200, description: 'The events, and where to go on.', type: EventsPage })
  @ApiProblems('sku', logProblems['position-expired'], feedProblems['too-many-followers'])
  async listEvents(@Query() query: EventsQuery, @Res({ passthrough: true }) reply: Reply): Promise<string> {
    const { after, limit, wait } = query;
    try {
      const place = await this.feed.placeOf(after);
      const gone = this.goneOf(reply);
      const page = await this.feed.poll(place, Number(limit), filterOf(query), Number(wait) * 1_000, gone);
      reply.type('application/json; charset=utf-8').header('cache-control', 'no-store');
      return `{"events":[${page.events.map(({ json }) => json).join(',')}],"next":"${page.next}"}`;
    } catch (error) {
      throw asProblem(error, 'after');
    }
  }

  @Get('stream')
  @ApiOperation({
    summary: 'Follow what happens, as Server-Sent Events',
    description:
      'The same events, each with its type as `event`, its cursor as `id` and the CloudEvent as `data`, for as long as ' +
      'the connection lasts; a comment every 15 seconds keeps it alive. Browsers go on by themselves after the last ' +
      'id; others send it as `Last-Event-ID`, or as `after`.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    schema: { type: 'string' },
    description: 'The id of the last event that was handled. It counts more than `after`.',
  })
  @ApiResponse({
    status: 200,
    description: 'The events, until either side ends the connection.',
    content: {
      'text/event-stream': {
        schema: { type: 'string' },
        example: `event: Allocated\nid: ${CURSOR}\ndata: ${JSON.stringify(allocated)}\n\n`,
      },
    },
  })
  @ApiProblems('sku', logProblems['position-expired'], feedProblems['too-many-followers'])
  async streamEvents(
    @Query() query: FilterQuery,
    @Req() request: Request,
    @Res() reply: Reply,
  ): Promise<void> {
    // A browser sends an empty one never, but other clients do before they have had an event.
    const lastId = String(request.headers['last-event-id'] ?? '') || undefined;
    try {
      const place = await this.feed.placeOf(lastId ?? query.after);
      const frames = this.feed.follow(place, filterOf(query), this.goneOf(reply));
      await reply
        .type('text/event-stream; charset=utf-8')
        // nginx would gather what is sent.
        .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
        .send(Readable.from(frames, { objectMode: false, highWaterMark: 1 }));
    } catch (error) {
      throw asProblem(error, lastId ? 'Last-Event-ID' : 'after');
    }
  }

  @Get(':id')
  @ApiOperation({
    summary: 'Look at an event',
    description: 'By its id, as webhooks and the feed tell it, once it has its place in the log.',
  })
  @ApiResponse({ status: 200, description: 'The event.', type: CloudEventView })
  @ApiProblems('id', httpProblems['not-found'])
  async getEvent(@Param() { id }: EventPath): Promise<CloudEventView> {
    const event = await this.pages.byId(id);
    if (!event)
      throw new ProblemException(httpProblems['not-found'], `There is no event ${id}, or not any more`);
    return event;
  }

  /**
   * Tells that the client has its answer or has gone, that it may not have one any more, or that the service closes its
   * connections.
   */
  private goneOf({ request, raw }: Reply): AbortSignal {
    const gone = new AbortController();
    const leave = () => gone.abort();
    const ends = [this.http.httpAdapter.closing, rightEnded(request)].filter((end) => end !== undefined);
    for (const end of ends) {
      if (end.aborted) leave();
      end.addEventListener('abort', leave);
    }
    raw.once('close', () => {
      for (const end of ends) end.removeEventListener('abort', leave);
      leave();
    });
    return gone.signal;
  }
}

/** What an error of the feed means to the client. */
function asProblem(error: unknown, field: string): unknown {
  if (error instanceof TooManyFollowers) return new ProblemException(feedProblems['too-many-followers']);
  if (!(error instanceof UnknownCursor)) return error;
  const message = 'must be the `next` of an earlier answer, the id of an event in the stream, or now';
  return badField(field, message);
}
