import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { AvailabilityView } from '../availability/availability';
import { LineFinder } from './line-finder';
import { LargestBatch, LinesOfOrder, type LineStatus } from './queries';

@QueryHandler(LinesOfOrder)
export class LinesOfOrderHandler implements IQueryHandler<LinesOfOrder> {
  constructor(private readonly lines: LineFinder) {}

  /** @throws Unavailable */
  async execute({ orderId }: LinesOfOrder): Promise<readonly LineStatus[]> {
    const lines = await this.lines.ofOrder(orderId);
    return lines ? (JSON.parse(lines.json) as LineStatus[]) : [];
  }
}

@QueryHandler(LargestBatch)
export class LargestBatchHandler implements IQueryHandler<LargestBatch> {
  constructor(private readonly view: AvailabilityView) {}

  /** @throws Unavailable */
  async execute({ sku, held }: LargestBatch): Promise<number | null> {
    const availability = await this.view.ofOne(sku);
    if (!availability) return null;
    const { batches, largest } = availability;
    if (!held) return largest;
    const own = batches.find((batch) => batch.ref === held.batchRef);
    return Math.max(largest, held.qty + (own?.available ?? 0));
  }
}

export const queryHandlers = [LinesOfOrderHandler, LargestBatchHandler];
