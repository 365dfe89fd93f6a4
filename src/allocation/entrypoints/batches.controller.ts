import { Body, Controller, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../http/api-problems';
import type { Reply } from '../../http/fastify';
import { ApiLocated, locate } from '../../http/location';
import { ChangeBatchQuantity, CreateBatch } from '../domain/commands';
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
      'The first batch of a SKU makes the SKU known. A batch that exists with the same content stays as it is.',
  })
  @ApiLocated(201, 'The batch is there.', '/v1/batches/batch-001')
  @ApiProblems('ref', 'batch-conflict')
  async createBatch(@Body() batch: BatchRequest, @Res({ passthrough: true }) reply: Reply): Promise<void> {
    await this.commands.execute(new CreateBatch(batch.ref, batch.sku, batch.qty, batch.eta ?? null));
    locate(reply, 'v1', 'batches', batch.ref);
  }

  @Patch(':ref')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Change how many pieces a batch holds',
    description:
      'Lines that no longer fit are taken off, the newest first, and allocated anew to other batches as far as these suffice.',
  })
  @ApiLocated(202, 'The batch holds the new quantity.', '/v1/batches/batch-001')
  @ApiProblems('ref', 'batch-not-found')
  async changeBatchQuantity(
    @Param() { ref }: BatchPath,
    @Body() { qty }: BatchQuantityRequest,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<void> {
    await this.commands.execute(new ChangeBatchQuantity(ref, qty));
    locate(reply, 'v1', 'batches', ref);
  }
}
