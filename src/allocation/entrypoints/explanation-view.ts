import { ApiProperty } from '@nestjs/swagger';
import type { ChangedPromise } from '../domain/changed-promise';
import type { Explanation, LineOutcomeName } from '../domain/explanation';

/** A batch, and what was found about it. */
class ConsideredView {
  @ApiProperty({ example: 'batch-001' })
  batchRef!: string;

  @ApiProperty({
    type: String,
    format: 'date',
    nullable: true,
    example: null,
    description: 'Null: the batch is in the warehouse.',
  })
  eta!: string | null;

  @ApiProperty({ type: 'integer', example: 3, description: 'Pieces that it has left.' })
  available!: number;

  @ApiProperty({
    example: 'too few: 3 of 10',
    description: '`taken`, `not reached`, or `too few` with what there is of what is wanted.',
  })
  verdict!: string;
}

/** What would happen to a line. */
export class ExplanationView implements Explanation {
  @ApiProperty({
    enum: ['reserved', 'allocated', 'waiting', 'dispatched', 'out of stock'],
    example: 'waiting',
    description: 'How the line would stand.',
  })
  outcome!: LineOutcomeName;

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'The batch that would serve it; null: none.',
  })
  batchRef!: string | null;

  @ApiProperty({
    type: String,
    format: 'date',
    nullable: true,
    example: null,
    description: 'The day on which that batch arrives; null: it is in the warehouse, or there is none.',
  })
  eta!: string | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 1,
    description: 'Which one it would be on the wait-list, if it waited; null when a batch would serve it.',
  })
  place!: number | null;

  @ApiProperty({
    type: [ConsideredView],
    description:
      'The batches in the order in which they serve lines; none for a line that has a batch or waits already.',
  })
  considered!: readonly ConsideredView[];
}

/** What a customer is told. */
class PromiseView {
  @ApiProperty({ example: 'batch-001' })
  batchRef!: string;

  @ApiProperty({
    type: String,
    format: 'date',
    nullable: true,
    example: '2030-01-31',
    description: 'The day on which the batch arrives; null: it is in the warehouse.',
  })
  eta!: string | null;
}

/** What would become of a line. */
class ChangedPromiseView implements ChangedPromise {
  @ApiProperty({ example: 'order-001' })
  orderId!: string;

  @ApiProperty({ type: 'integer', example: 10 })
  qty!: number;

  @ApiProperty({ type: PromiseView, nullable: true, description: 'What it has now; null when it waits.' })
  before!: PromiseView | null;

  @ApiProperty({
    enum: ['reserved', 'allocated', 'waiting', 'out of stock'],
    example: 'allocated',
    description: 'How it would stand.',
  })
  state!: ChangedPromise['state'];

  @ApiProperty({ type: PromiseView, nullable: true, description: 'What it would have; null: nothing.' })
  after!: PromiseView | null;
}

/** What a change of a batch would mean to lines. */
export class BatchChangeExplanationView {
  @ApiProperty({ type: [ChangedPromiseView] })
  lines!: readonly ChangedPromiseView[];

  @ApiProperty({ example: false, description: 'Whether there are more.' })
  more!: boolean;
}
