import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Day, RequireScope } from 'stock-allocation/http';
import { DailyShipments } from './daily-shipments';

class ShipmentsPath {
  @Day('The day, by UTC.', '2030-01-31')
  day!: string;
}

class ShipmentsView {
  @ApiProperty({ format: 'date', example: '2030-01-31' })
  day!: string;

  @ApiProperty({ type: 'integer', example: 120, description: 'Pieces that left the warehouse.' })
  pieces!: number;
}

@ApiTags('Shipments')
@RequireScope('read')
@Controller('v1/shipments')
export class ShipmentsController {
  constructor(private readonly shipments: DailyShipments) {}

  @Get(':day')
  @ApiOperation({ summary: 'Look at what left the warehouse on a day' })
  @ApiResponse({ status: 200, description: 'How much it was.', type: ShipmentsView })
  @ApiProblems('day')
  async getShipments(@Param() { day }: ShipmentsPath): Promise<ShipmentsView> {
    return { day, pieces: await this.shipments.on(day) };
  }
}
