import { Body, Controller, HttpCode, Param, Patch, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../http/api-problems';
import { versionsToMatch } from '../../http/etag';
import type { Reply, Request } from '../../http/fastify';
import { ApiLocated, locate } from '../../http/location';
import { ChangeBatchQuantity, CreateBatch } from '../application/commands';
import { BatchChanged } from '../domain/errors';
import { allocationProblems } from './problems';
import { BatchPath, BatchQuantityRequest, BatchRequest } from './requests';

@ApiTags('Version 1')
@Controller('v1/batches')
export class BatchesController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(201)
  @ApiOperation({
    summary: 'Record a batch of stock',
    description:
      'The first batch of a SKU makes the SKU known. A batch that exists already with the same content stays as it ' +
      'is: with what it was created with, whatever happened to it since, or with what it holds now.',
  })
  @ApiLocated(201, 'The batch is there.', '/v1/batches/batch-001')
  @ApiProblems('ref', allocationProblems['batch-conflict'])
  async createBatch(@Body() batch: BatchRequest, @Res({ passthrough: true }) reply: Reply): Promise<void> {
    await this.commands.execute(new CreateBatch(batch.ref, batch.sku, batch.qty, batch.eta ?? null));
    locate(reply, 'v1', 'batches', batch.ref);
  }

  @Patch(':ref')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Change how many pieces a batch holds',
    description:
      'Lines that no longer fit are displaced, the newest first, and allocated anew to other batches as far as these ' +
      'suffice. The quantity is set, not added to: a repetition that comes late sets it back, unless `If-Match` says ' +
      'what you know.',
  })
  @ApiLocated(202, 'The batch holds the new quantity.', '/v1/batches/batch-001')
  @ApiHeader({
    name: 'If-Match',
    required: false,
    schema: { type: 'string' },
    description:
      'The ETag under which you know the batch: nothing is done when anything has happened to it since.',
  })
  @ApiProblems('ref', allocationProblems['batch-not-found'], allocationProblems['batch-changed'])
  async changeBatchQuantity(
    @Param() { ref }: BatchPath,
    @Body() { qty }: BatchQuantityRequest,
    @Req() request: Request,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<void> {
    await this.changeIfKnown(ref, qty, versionsToMatch(request)?.map(sequenceOf));
    locate(reply, 'v1', 'batches', ref);
  }

  /** Tries one version after the other. The newest first: a batch never becomes what it was before. */
  private async changeIfKnown(ref: string, qty: number, versions?: readonly number[]): Promise<void> {
    if (!versions) return this.commands.execute(new ChangeBatchQuantity(ref, qty));
    for (const known of [...versions].sort((a, b) => b - a)) {
      try {
        return await this.commands.execute(new ChangeBatchQuantity(ref, qty, known));
      } catch (error) {
        if (!(error instanceof BatchChanged)) throw error;
      }
    }
    // No event has the number 0, so this is refused, for the reason that there is.
    await this.commands.execute(new ChangeBatchQuantity(ref, qty, 0));
  }
}

/** The ETag of a batch is the number of its last event; whatever else was sent is the number of none. */
function sequenceOf(version: string): number {
  return /^[1-9]\d{0,14}$/.test(version) ? Number(version) : 0;
}
