import { ApiProperty } from '@nestjs/swagger';
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
