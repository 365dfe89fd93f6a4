import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../http/problems/api-problems';
import { Text } from '../../http/requests/fields';
import { RequireScope } from '../../http/access/required-scope';
import { type FoundItem, foundKinds, ItemFinder } from '../queries/item-finder';

class SearchQuery {
  @Text(
    'The beginning of a SKU, of the reference of a batch or of an order; or the whole id of an event.',
    'SMALL',
  )
  q!: string;
}

class FoundView implements FoundItem {
  @ApiProperty({ enum: foundKinds, example: 'batch' })
  kind!: FoundItem['kind'];

  @ApiProperty({
    example: 'batch-001',
    description: 'A SKU, the reference of a batch, an order, or the id of an event.',
  })
  id!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'SMALL-TABLE',
    description: 'The SKU; null for an order, which may have several.',
  })
  sku!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'The type of an event.' })
  type!: string | null;
}

class FoundList {
  @ApiProperty({ type: [FoundView], description: 'Five of a kind at most, by name.' })
  items!: readonly FoundView[];
}

@ApiTags('Version 1')
@RequireScope('read')
@Controller('v1/search')
export class SearchController {
  constructor(private readonly search: ItemFinder) {}

  @Get()
  @ApiOperation({
    summary: 'Find a SKU, a batch, an order or an event by what one has in hand',
    description: 'Names are found as they are typed, and all in capitals or in small letters.',
  })
  @ApiResponse({ status: 200, description: 'What was found.', type: FoundList })
  @ApiProblems('q')
  async find(@Query() { q }: SearchQuery): Promise<FoundList> {
    return { items: await this.search.find(q) };
  }
}
