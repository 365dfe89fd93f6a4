import { Controller, Delete, Get, HttpCode, Param } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../http/problems/api-problems';
import { Text } from '../../http/requests/fields';
import { RequireScope } from '../../http/access/required-scope';
import { ForgetCustomer } from '../application/commands';
import { type Customer, CustomerRepository } from '../application/customer-repository';
import { CustomerNotFound } from '../domain/errors';
import { customerProblems } from './problems';

class CustomerPath {
  @Text('The customer.', 'customer-001')
  id!: string;
}

class CustomerView implements Customer {
  @ApiProperty({ example: 'customer-001' })
  id!: string;

  @ApiProperty({ type: 'integer', example: 3, description: 'How many orders he has placed.' })
  orders!: number;

  @ApiProperty({
    example: true,
    description: 'Whether his lines have priority 10 unless an order says otherwise.',
  })
  vip!: boolean;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2030-01-01T12:00:00.000Z',
    description: 'Since when; null when he is none.',
  })
  vipSince!: string | null;
}

/** Who orders. */
@ApiTags('Customers')
@RequireScope('read')
@Controller('v1/customers')
export class CustomersController {
  constructor(
    private readonly customers: CustomerRepository,
    private readonly commands: CommandBus,
  ) {}

  @Get(':id')
  @ApiOperation({
    summary: 'Look at a customer',
    description: 'The third order makes him a VIP. Orders that were refused do not count; cancelled ones do.',
  })
  @ApiResponse({ status: 200, description: 'The customer.', type: CustomerView })
  @ApiProblems('id', customerProblems['customer-not-found'])
  async getCustomer(@Param() { id }: CustomerPath): Promise<CustomerView> {
    const customer = await this.customers.find(id);
    if (!customer) throw new CustomerNotFound(id);
    return customer;
  }

  @Delete(':id')
  @RequireScope('admin')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Forget a customer',
    description:
      'His address, his count of orders and that he is a VIP are taken away for good. His orders stay, and keep ' +
      'his id alone. The next order that names him begins anew.',
  })
  @ApiResponse({ status: 204, description: 'He is forgotten.' })
  @ApiProblems('id', customerProblems['customer-not-found'])
  async forgetCustomer(@Param() { id }: CustomerPath): Promise<void> {
    await this.commands.execute(new ForgetCustomer(id));
  }
}
