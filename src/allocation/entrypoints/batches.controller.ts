import { Body, Controller, HttpCode, Param, Patch, Post, Req, Res } from '@nestjs/common';
import { type Command, CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBody, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../http/problems/api-problems';
import { versionsToMatch } from '../../http/requests/etag';
import type { Reply, Request } from '../../http/fastify';
import { badField } from '../../http/problems/http-problems';
import { ApiLocated, locate } from '../../http/requests/location';
import { ProblemException } from '../../http/problems/problems';
import { RequireScope } from '../../http/access/required-scope';
import {
  AdjustStock,
  ChangeBatchEta,
  ChangeBatchQuantity,
  CreateBatch,
  RecordArrival,
} from '../application/commands';
import { ExplainBatchChange } from '../application/queries';
import { BatchChanged } from '../domain/errors';
import { BatchChangeExplanationView } from './explanation-view';
import { allocationProblems } from './problems';
import {
  AdjustmentRequest,
  ArrivalRequest,
  BatchChangeRequest,
  BatchExplainRequest,
  BatchPath,
  BatchRequest,
} from './requests';

/** Lines that an answer names at most. */
const MOST_LINES = 1_000;

@ApiTags('Version 1')
@RequireScope('stock')
@Controller('v1/batches')
export class BatchesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

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
    summary: 'Change how many pieces a batch holds, or when it arrives',
    description:
      'Lines that no longer fit are displaced, the lowest priority first, then the newest, and allocated anew to other ' +
      'batches as far as these suffice. When the batch arrives later than another one that could serve a line, the line ' +
      'moves there; with both, this is done first. Both are set, not added to: a repetition that comes late sets them ' +
      'back, unless `If-Match` says what you know.',
  })
  @ApiLocated(202, 'The batch is as it should be.', '/v1/batches/batch-001')
  @ApiIfMatch()
  @ApiProblems(
    'ref',
    allocationProblems['batch-not-found'],
    allocationProblems['batch-changed'],
    allocationProblems['quantity-out-of-bounds'],
    allocationProblems['arrived-already'],
  )
  async changeBatch(
    @Param() { ref: batchRef }: BatchPath,
    @Body() { qty, eta }: BatchChangeRequest,
    @Req() request: Request,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<void> {
    if (eta === null)
      throw badField('eta', 'must be a day; that the batch has arrived is told to /v1/batches/{ref}/arrive');
    if (eta !== undefined)
      await this.ifKnown(request, (known) => new ChangeBatchEta(batchRef, eta, known, qty));
    else if (qty === undefined) throw nothingToChange();
    else await this.ifKnown(request, (known) => new ChangeBatchQuantity(batchRef, qty, known));
    locate(reply, 'v1', 'batches', batchRef);
  }

  @Post(':ref/explain')
  @RequireScope('read')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Explain what a change of a batch would mean to lines',
    description:
      'What `PATCH` with the same body would do at this moment, or with `arrived` the call that records its arrival, without ' +
      'doing it: which lines would lose their pieces or get another day, and where each would be then; and which would be ' +
      'served that wait.',
  })
  @ApiResponse({ status: 200, description: 'What would become of lines.', type: BatchChangeExplanationView })
  @ApiProblems(
    'ref',
    allocationProblems['batch-not-found'],
    allocationProblems['quantity-out-of-bounds'],
    allocationProblems['arrived-already'],
  )
  async explainBatchChange(
    @Param() { ref: batchRef }: BatchPath,
    @Body() { qty, eta, arrived }: BatchExplainRequest,
  ): Promise<BatchChangeExplanationView> {
    if (arrived && typeof eta === 'string')
      throw badField('eta', 'must be left out when the batch has arrived');
    if (!arrived && eta === null) throw badField('eta', 'must be a day; of an arrival one asks with arrived');
    if (!arrived && qty === undefined && eta === undefined) throw nothingToChange();
    const change = { qty, eta: eta ?? undefined, arrived };
    const changes = await this.queries.execute(new ExplainBatchChange(batchRef, change));
    return { lines: changes.slice(0, MOST_LINES), more: changes.length > MOST_LINES };
  }

  @Post(':ref/arrive')
  @HttpCode(202)
  @ApiBody({ type: ArrivalRequest, required: false })
  @ApiOperation({
    summary: 'Record that a batch has arrived',
    description:
      'It is in the warehouse from now on, with as many pieces as came. Sent again, it changes nothing. With a quantity ' +
      'that the batch does not have by then it is refused, with the one that came as well if that was adjusted since: ' +
      'adjustments are what changes it from then on.',
  })
  @ApiLocated(202, 'The batch is in the warehouse.', '/v1/batches/batch-001')
  @ApiIfMatch()
  @ApiProblems(
    'ref',
    allocationProblems['batch-not-found'],
    allocationProblems['batch-changed'],
    allocationProblems['arrived-already'],
  )
  async recordArrival(
    @Param() { ref: batchRef }: BatchPath,
    @Body() { qty }: ArrivalRequest,
    @Req() request: Request,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<void> {
    await this.ifKnown(request, (known) => new RecordArrival(batchRef, qty, known));
    locate(reply, 'v1', 'batches', batchRef);
  }

  @Post(':ref/adjustments')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Adjust how many pieces a batch holds, and say why',
    description:
      '**Sent again, it is done twice**, unless `If-Match` says what you know. What becomes of lines is as with a change ' +
      'of the quantity.',
  })
  @ApiLocated(202, 'The batch is adjusted.', '/v1/batches/batch-001')
  @ApiIfMatch()
  @ApiProblems(
    'ref',
    allocationProblems['batch-not-found'],
    allocationProblems['batch-changed'],
    allocationProblems['quantity-out-of-bounds'],
  )
  async adjustStock(
    @Param() { ref: batchRef }: BatchPath,
    @Body() { delta, reason, note }: AdjustmentRequest,
    @Req() request: Request,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<void> {
    await this.ifKnown(request, (known) => new AdjustStock(batchRef, delta, reason, note ?? null, known));
    locate(reply, 'v1', 'batches', batchRef);
  }

  /**
   * Tries one version after the other that the request may change. The newest first: a batch never becomes what it was
   * before.
   */
  private async ifKnown(request: Request, command: (known?: number) => Command<unknown>): Promise<void> {
    const versions = versionsToMatch(request)?.map(sequenceOf);
    if (!versions) return void (await this.commands.execute(command()));
    for (const known of versions.sort((a, b) => b - a)) {
      try {
        return void (await this.commands.execute(command(known)));
      } catch (error) {
        if (!(error instanceof BatchChanged)) throw error;
      }
    }
    // No event has the number 0, so this is refused, for the reason that there is.
    await this.commands.execute(command(0));
  }
}

function nothingToChange(): ProblemException {
  return badField('qty', 'must be there, unless eta is');
}

function ApiIfMatch(): MethodDecorator {
  return ApiHeader({
    name: 'If-Match',
    required: false,
    schema: { type: 'string' },
    description:
      'The ETag under which you know the batch: nothing is done when anything has happened to it since.',
  });
}

/** The ETag of a batch is the number of its last event; whatever else was sent is the number of none. */
function sequenceOf(version: string): number {
  return /^[1-9]\d{0,14}$/.test(version) ? Number(version) : 0;
}
