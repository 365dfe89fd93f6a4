import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../http/problems/api-problems';
import type { Reply } from '../../http/fastify';
import { badField, httpProblems } from '../../http/problems/http-problems';
import { locate } from '../../http/requests/location';
import { keyIn, pageOf } from '../../http/requests/page';
import { ProblemException } from '../../http/problems/problems';
import { RequireScope } from '../../http/access/required-scope';
import { logProblems, UnknownCursor } from '../../log/contracts';
import { Webhooks } from '../webhooks';
import { webhookProblems } from './problems';
import {
  WebhookChangeRequest,
  WebhookPageQuery,
  WebhookPath,
  WebhookReplayRequest,
  WebhookRequest,
} from './requests';
import {
  ChangedWebhook,
  CreatedWebhook,
  DeliveryPage,
  ReplayedWebhook,
  TestedWebhook,
  WebhookPage,
  WebhookView,
} from './responses';

/** For integrators who would rather be told than ask. */
@ApiTags('Webhooks')
@RequireScope('admin')
@Controller('v1/webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: Webhooks) {}

  @Post()
  @HttpCode(201)
  @ApiOperation({
    summary: 'Have events sent to an endpoint',
    description:
      'What happens from now on is posted to it as CloudEvents, signed by Standard Webhooks with the secret in the ' +
      'answer, which is shown this once. The events of a SKU come in order, each at least once: remember ids, or ' +
      'sequences.',
  })
  @ApiResponse({
    status: 201,
    description: 'The endpoint, with its secret.',
    type: CreatedWebhook,
    headers: {
      Location: {
        description: 'Where to look at it.',
        schema: { type: 'string', example: '/v1/webhooks/01990a5c-7e00-7000-8000-0123456789ab' },
      },
    },
  })
  @ApiProblems('url', httpProblems['shown-once'])
  async createWebhook(
    @Body() { url, types = null, skus = null }: WebhookRequest,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<CreatedWebhook> {
    const webhook = await this.webhooks.create({ url, types, skus });
    locate(reply, 'v1', 'webhooks', webhook.id);
    reply.header('cache-control', 'no-store');
    return webhook;
  }

  @Get()
  @ApiOperation({ summary: 'List the endpoints of webhooks', description: 'Those created first come first.' })
  @ApiResponse({ status: 200, description: 'The endpoints.', type: WebhookPage })
  @ApiProblems('limit')
  async listWebhooks(@Query() { limit, after }: WebhookPageQuery): Promise<WebhookPage> {
    const webhooks = await this.webhooks.list(after && keyIn(after), Number(limit) + 1);
    return pageOf(webhooks, Number(limit), ({ id }) => id);
  }

  @Get(':id')
  @ApiOperation({
    summary: 'Look at an endpoint of webhooks',
    description:
      'What it asks for, and whether it is enabled. Its secret is shown when it is created or rotated, and never again.',
  })
  @ApiResponse({ status: 200, description: 'The endpoint.', type: WebhookView })
  @ApiProblems('id', webhookProblems['webhook-not-found'])
  async getWebhook(@Param() { id }: WebhookPath): Promise<WebhookView> {
    return found(await this.webhooks.get(id));
  }

  @Patch(':id')
  @ApiOperation({
    summary: 'Change an endpoint of webhooks',
    description: 'What is left out stays as it is. It takes effect within three seconds.',
  })
  @ApiResponse({ status: 200, description: 'The endpoint as it is now.', type: ChangedWebhook })
  @ApiProblems('url', webhookProblems['webhook-not-found'], httpProblems['shown-once'])
  async changeWebhook(
    @Param() { id }: WebhookPath,
    @Body() wishes: WebhookChangeRequest,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<ChangedWebhook> {
    const webhook = found(await this.webhooks.change(id, wishes));
    if (webhook.secret !== undefined) reply.header('cache-control', 'no-store');
    return webhook;
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Send nothing to an endpoint any more', description: 'It is forgotten.' })
  @ApiResponse({ status: 204, description: 'There is no such endpoint any more.' })
  @ApiProblems('id', webhookProblems['webhook-not-found'])
  async deleteWebhook(@Param() { id }: WebhookPath): Promise<void> {
    if (!(await this.webhooks.remove(id))) throw new ProblemException(webhookProblems['webhook-not-found']);
  }

  @Post(':id/test')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Send a test to an endpoint',
    description: 'One event of type `webhooks.Test.v1`, once and at once. The answer says what became of it.',
  })
  @ApiResponse({ status: 200, description: 'What became of it.', type: TestedWebhook })
  @ApiProblems('id', webhookProblems['webhook-not-found'])
  async testWebhook(@Param() { id }: WebhookPath): Promise<TestedWebhook> {
    const { status, durationMs, error } = found(await this.webhooks.test(id));
    return { delivered: error === null, status, durationMs, error };
  }

  @Get(':id/deliveries')
  @ApiOperation({
    summary: 'List what was sent to an endpoint',
    description: 'Each attempt with what became of it, the newest first.',
  })
  @ApiResponse({ status: 200, description: 'The attempts.', type: DeliveryPage })
  @ApiProblems('id', webhookProblems['webhook-not-found'])
  async listDeliveries(
    @Param() { id }: WebhookPath,
    @Query() { limit, after }: WebhookPageQuery,
  ): Promise<DeliveryPage> {
    const deliveries = await this.webhooks.listDeliveries(id, after && keyIn(after), Number(limit) + 1);
    return pageOf(found(deliveries), Number(limit), (delivery) => delivery.id);
  }

  @Post(':id/replay')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Send events to an endpoint again',
    description:
      'Those after a position, or from a time on; what is still to be sent follows in order. One of the two has to be given.',
  })
  @ApiResponse({ status: 202, description: 'They are sent again.', type: ReplayedWebhook })
  @ApiProblems('after', webhookProblems['webhook-not-found'], logProblems['position-expired'])
  async replayWebhook(
    @Param() { id }: WebhookPath,
    @Body() { after, since }: WebhookReplayRequest,
  ): Promise<ReplayedWebhook> {
    if (after === undefined && since === undefined) throw badField('after', 'must be given, or since');
    try {
      return { events: found(await this.webhooks.replay(id, after ?? new Date(since!))) };
    } catch (error) {
      if (error instanceof UnknownCursor)
        throw badField('after', 'must be a position that the feed of events gave out');
      throw error;
    }
  }
}

function found<T>(what: T | undefined): T {
  if (what === undefined) throw new ProblemException(webhookProblems['webhook-not-found']);
  return what;
}
